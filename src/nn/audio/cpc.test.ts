import { expect, test } from 'vitest'
import { relativeError } from '../../engine/testing.js'
import { input } from '../../tensor/tensor.js'
import { cpcEncoder } from './cpc.js'
import { heard, noise } from './testing.js'

const small = () => cpcEncoder({ channels: 8, hidden: 6 })

test('20,480 numbers are 128 frames, each of which sees 465 numbers every 160', () => {
  const encoder = small()
  expect({ ...encoder }).toMatchObject({
    hop: 160,
    receptiveField: 465,
    before: 153,
    width: 6,
    latentWidth: 8,
    causal: true,
  })
  expect(encoder.framesOf(20_480)).toBe(128)
  expect(encoder.latents(input('x', [2, 20_480])).shape).toEqual([2, 128, 8])
  expect(encoder.features(input('x', [2, 1_600])).shape).toEqual([2, 10, 6])
  expect(encoder(input('x', [2, 1_600])).shape).toEqual([2, 6])
})

test('what frame t is told ends before number 160 · t + 312, to the bit', async () => {
  const waves = noise([3200])
  const before = await heard(small(), waves)
  for (const t of [0, 7, 12]) {
    const first = 160 * t + 465 - 153
    const moved = { ...waves, values: waves.values.map((v, i) => (i >= first ? -v : v)) }
    const last = { ...waves, values: waves.values.map((v, i) => (i === first - 1 ? v + 0.5 : v)) }
    const after = await heard(small(), moved)
    expect(after[0]?.slice(0, (t + 1) * 6)).toEqual(before[0]?.slice(0, (t + 1) * 6))
    expect(after[0]?.slice((t + 1) * 6)).not.toEqual(before[0]?.slice((t + 1) * 6))
    const changed = (await heard(small(), last))[0]?.slice(t * 6, (t + 1) * 6)
    expect(changed, 'the last number that it is told').not.toEqual(before[0]?.slice(t * 6, (t + 1) * 6))
  }
})

test('padding changes nothing: frames as those of the wave alone', async () => {
  const lengths = [1777, 3200]
  const waves = noise(lengths)
  const [short, whole] = await heard(small(), waves, { lengths })
  const alone = { shape: [1, 1777], values: waves.values.slice(0, 1777) }
  expect(relativeError(short, (await heard(small(), alone))[0] ?? [])).toBeLessThan(1e-6)
  expect(relativeError(whole, (await heard(small(), waves))[1] ?? [])).toBeLessThan(1e-6)
})
