import { expect, test } from 'vitest'
import { relativeError } from '../../engine/testing.js'
import { input } from '../../tensor/tensor.js'
import { variablesOf } from '../module.js'
import { heard, noise } from './testing.js'
import { type Wav2vecOptions, wav2vecEncoder, wav2vecPresets } from './wav2vec.js'

const options: Wav2vecOptions = { channels: 8, aggregator: [3, 3] }
const small = (more: Partial<Wav2vecOptions> = {}) => wav2vecEncoder({ ...options, ...more })

test.each([
  [16_000, 98],
  [32_000, 198],
  [64_000, 398],
  [96_000, 598],
  [464, 0],
  [465, 1],
])('%i numbers are %i frames', (length, frames) => {
  const encoder = small()
  expect(encoder.framesOf(length)).toBe(frames)
  if (frames > 0) expect(encoder.features(input('x', [2, length])).shape).toEqual([2, frames, 8])
})

test('the large one: names as fairseq, a reach of 79 frames', () => {
  const encoder = wav2vecEncoder(wav2vecPresets['wav2vec-large'])
  const names = [...variablesOf(encoder).keys()]
  expect(names).toContain('feature_extractor.conv_layers.6.0.weight')
  expect(names).toContain('feature_aggregator.conv_layers.11.3.bias')
  const reach = wav2vecPresets['wav2vec-large'].aggregator.reduce((sum, kernel) => sum + kernel - 1, 1)
  expect(reach).toBe(79)
  expect(encoder.layers).toHaveLength(13)
  expect(encoder.features(input('x', [1, 16_000]), 3).shape).toEqual([1, 98, 512])
})

test('with channel norm, what frame t is told ends before number 160 · t + 465, to the bit', async () => {
  const waves = noise([3200])
  const encoder = () => small({ norm: 'channel', skips: true, logCompression: true })
  const before = await heard(encoder(), waves)
  for (const t of [0, 5]) {
    const first = 160 * t + 465
    const moved = { ...waves, values: waves.values.map((v, i) => (i >= first ? -v : v)) }
    const after = await heard(encoder(), moved)
    expect(after[0]?.slice(0, (t + 1) * 8)).toEqual(before[0]?.slice(0, (t + 1) * 8))
    expect(after[0]?.slice((t + 1) * 8)).not.toEqual(before[0]?.slice((t + 1) * 8))
  }
})

test.each(['group', 'channel'] as const)('padding changes nothing with %s norm', async norm => {
  const lengths = [1777, 3200]
  const waves = noise(lengths)
  const [short, whole] = await heard(small({ norm }), waves, { lengths })
  const alone = { shape: [1, 1777], values: waves.values.slice(0, 1777) }
  expect(relativeError(short, (await heard(small({ norm }), alone))[0] ?? [])).toBeLessThan(1e-5)
  expect(relativeError(whole, (await heard(small({ norm }), waves))[1] ?? [])).toBeLessThan(1e-5)
})

test('√½ of what a layer gives and gets, and ln(1 + |z|)', async () => {
  const waves = noise([1600])
  const run = (more: Partial<Wav2vecOptions>, latents = false) => heard(small(more), waves, { latents })
  const [z = []] = await run({}, true)
  const [compressed = []] = await run({ logCompression: true }, true)
  expect(
    relativeError(
      compressed,
      z.map(v => Math.log1p(Math.abs(v))),
    ),
  ).toBeLessThan(1e-6)
  const [plain = []] = await run({ aggregator: [3] })
  const [skipped = []] = await run({ aggregator: [3], skips: true })
  expect(
    relativeError(
      skipped,
      plain.map((v, i) => (v + (z[i] ?? 0)) * Math.SQRT1_2),
    ),
  ).toBeLessThan(1e-6)
})
