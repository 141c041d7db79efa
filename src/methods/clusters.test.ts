import { expect, test } from 'vitest'
import { nearestCentres } from '../clusters/nearest-centres.js'
import { array, evaluate, randomArray } from '../engine/testing.js'
import { range } from '../tensor/shape.js'
import { clustersOf, nearestCentre } from './clusters.js'

test('the nearest centre inside a program is the one that the k-means means', async () => {
  const [width, k] = [5, 9]
  const rows = randomArray([40, width], { low: -3, high: 3 })
  const centres = range(k).map(c => randomArray([width], { seed: 10 + c, low: -3, high: 3 }).values)
  const { y } = await evaluate(x => ({ y: nearestCentre(x, centres) }), [array([4, 10, width], rows.values)])
  expect(y).toEqual([...nearestCentres(Float32Array.from(rows.values), width, Float32Array.from(centres.flat()))])
  expect(new Set(y).size).toBeGreaterThan(3)
})

test('heaps are found among the frames that are there; each with its count and its mean sound', () => {
  // heap 0 at 0 with the sound (1, 0), heap 1 at 10 with (0, 3); frames of padding lie elsewhere and say something else
  const frames = range(30).map(i => (i % 3 === 2 ? 'padding' : i % 3))
  const rows = Float32Array.from(frames, f => (f === 'padding' ? -50 : 10 * Number(f)))
  const spectra = Float32Array.from(frames.flatMap(f => (f === 'padding' ? [9, 9] : f === 0 ? [1, 0] : [0, 3])))
  const there = Float32Array.from(frames, f => Number(f !== 'padding'))
  const { centres, counts, sounds } = clustersOf({ rows, spectra, there }, 2, 1)
  const first = centres.findIndex(([x]) => x === 0)
  expect(centres[1 - first]).toEqual([10])
  expect(counts).toEqual([10, 10])
  expect([sounds[first], sounds[1 - first]]).toEqual([
    [1, 0],
    [0, 3],
  ])
})

test('fewer frames than clusters: what to type is told', () => {
  const [rows, spectra] = [new Float32Array(60), new Float32Array(60)]
  const there = Float32Array.from({ length: 60 }, (_, i) => Number(i < 50))
  expect(() => clustersOf({ rows, spectra, there }, 100, 1)).toThrow(
    '100 clusters need as many frames, and there are 50; type --set clusters=2',
  )
})
