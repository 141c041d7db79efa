import { expect, test } from 'vitest'
import { meanColourOf } from './mean-colour.js'

test('the mean of each channel, and the mean square of what differs from it', () => {
  const { mean, variance } = meanColourOf(Uint8Array.of(0, 51, 255, 51, 0, 51, 255, 51), 2)
  expect(mean[0]).toBeCloseTo(0.5, 12)
  expect(mean[1]).toBeCloseTo(0.2, 12)
  expect(variance).toBeCloseTo(0.125, 12) // ¼ in the first channel, none in the second
})

test('pictures of one colour have no variance', () => {
  expect(meanColourOf(new Uint8Array(48).fill(77), 3).variance).toBeCloseTo(0, 12)
})
