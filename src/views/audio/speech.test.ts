import { expect, test } from 'vitest'
import { array, evaluate, randomArray } from '../../engine/testing.js'
import { difference } from '../testing.js'
import { logMelWithDeltas, mfccWithDeltas, speechFraming } from './speech.js'

const rate = 8000
const length = 200 + 5 * 80

test('25 ms every 10 ms at any rate', () => {
  expect(speechFraming(16_000)).toEqual({ rate: 16_000, window: 400, hop: 160, fft: 512, centred: true })
  expect(speechFraming(8000)).toEqual({ rate: 8000, window: 200, hop: 80, fft: 256, centred: true })
})

test.each([
  ['log-mel', 48, (x: Parameters<typeof mfccWithDeltas>[0], n?: typeof x) => logMelWithDeltas(x, rate, n, 24)],
  ['MFCC', 39, (x: Parameters<typeof mfccWithDeltas>[0], n?: typeof x) => mfccWithDeltas(x, rate, n)],
] as const)('%s: %i numbers a frame, and padding changes nothing', async (_, width, build) => {
  const waves = randomArray([1, length])
  const padded = array([1, length + 400], [...waves.values, ...Array<number>(400).fill(0)])
  const { y } = await evaluate(x => ({ y: build(x) }), [waves])
  expect(y).toHaveLength(6 * width)
  const { z } = await evaluate((x, n) => ({ z: build(x, n.cast('int')) }), [padded, array([1], [length])])
  expect(difference(z?.slice(0, 6 * width), y ?? [])).toBeLessThan(1e-12)
})
