import { expect, test } from 'vitest'
import { array, randomArray, relativeError } from '../../engine/testing.js'
import { arrayOf, at, moduleGradientError, runModule } from '../testing.js'
import { channelNorm, frameGroupNorm } from './norms.js'

const x = randomArray([2, 5, 6], { seed: 4, low: -1, high: 3 })
const gains = randomArray([6], { seed: 5 })
const shifts = randomArray([6], { seed: 6 })
const values = new Map([
  ['weight', gains.values],
  ['bias', shifts.values],
])
const mean = (of: readonly number[]) => of.reduce((sum, v) => sum + v, 0) / of.length

test('channelNorm: each frame by the mean and the unbiased deviation of its channels', async () => {
  const layer = channelNorm(6)
  const naive = arrayOf(x.shape, (n, t, c) => {
    const frame = [0, 1, 2, 3, 4, 5].map(other => at(x, n, t, other))
    const variance = frame.reduce((sum, v) => sum + (v - mean(frame)) ** 2, 0) / 5
    return ((at(x, n, t, c) - mean(frame)) / Math.sqrt(variance + 1e-5)) * at(gains, c) + at(shifts, c)
  })
  expect(relativeError((await runModule(layer, x => layer(x), [x], { values })).y, naive.values)).toBeLessThan(1e-13)
  expect(await moduleGradientError(layer, x => layer(x), [x])).toBeLessThan(1e-7)
})

test.each([1, 3, 6])('frameGroupNorm with %i groups: over the frames that are there and no others', async groups => {
  const layer = frameGroupNorm(6, groups)
  const frames = [3, 5]
  const naive = arrayOf(x.shape, (n, t, c) => {
    if (t >= (frames[n] ?? 0)) return 0
    const [each, first] = [6 / groups, Math.floor((c * groups) / 6)]
    const group = Array.from({ length: (frames[n] ?? 0) * each }, (_, i) =>
      at(x, n, Math.floor(i / each), first * each + (i % each)),
    )
    const variance = mean(group.map(v => (v - mean(group)) ** 2))
    return ((at(x, n, t, c) - mean(group)) / Math.sqrt(variance + 1e-5)) * at(gains, c) + at(shifts, c)
  })
  const { y } = await runModule(layer, (x, frames) => layer(x, frames?.cast('int')), [x, array([2], frames)], {
    values,
  })
  const there = y.map((v, i) => (Math.floor(i / 6) % 5 < (frames[Math.floor(i / 30)] ?? 0) ? v : 0))
  expect(relativeError(there, naive.values)).toBeLessThan(1e-12)
  expect(await moduleGradientError(layer, x => layer(x), [x])).toBeLessThan(1e-6)
})

test('a constant has no deviation, and gives the bias', async () => {
  const layer = frameGroupNorm(2, 2)
  const given = array([1, 3, 2], [0.3, -7, 0.3, -7, 0.3, -7])
  const { y } = await runModule(layer, x => layer(x), [given], { precision: 'float32' })
  for (const v of y) expect(Math.abs(v)).toBeLessThan(0.01)
})
