import { expect, test } from 'vitest'
import { evaluate, randomArray } from '../engine/testing.js'
import { at } from '../nn/testing.js'
import { input } from '../tensor/tensor.js'
import { patchify, patchMask, patchMoments, unpatchify } from './patchify.js'
import { difference } from './testing.js'

const picture = randomArray([2, 3, 8, 8])

test('a patch is its rows, each row its pixels, each pixel its channels; and back again', async () => {
  const { patches = [], back } = await evaluate(
    x => {
      const patches = patchify(x, 4)
      return { patches, back: unpatchify(patches, 4) }
    },
    [picture],
  )
  const naive = patches.map((_, i) => {
    const [n, patch, k] = [Math.floor(i / 192), Math.floor(i / 48) % 4, i % 48]
    const [row, column, channel] = [Math.floor(k / 12), Math.floor(k / 3) % 4, k % 3]
    return at(picture, n, channel, 4 * Math.floor(patch / 2) + row, 4 * (patch % 2) + column)
  })
  expect(patches).toEqual(naive)
  expect(back).toEqual([...picture.values])
})

test('marks of patches cover their pixels', async () => {
  const { mask } = await evaluate(marks => ({ mask: patchMask(marks, 2) }), [{ shape: [1, 4], values: [0, 1, 1, 0] }])
  expect(mask).toEqual([0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0])
})

test('the variance of a patch is divided by n − 1, and 10⁻⁶ keeps flat patches from dividing by zero', async () => {
  const rows = [1, 2, 3, 6, 5, 5, 5, 5]
  const { mean, deviation } = await evaluate(
    patches => ({ ...patchMoments(patches) }),
    [{ shape: [1, 2, 4], values: rows }],
  )
  expect(mean).toEqual([3, 5])
  expect(difference(deviation, [Math.sqrt(14 / 3 + 1e-6), 1e-3])).toBeLessThan(1e-12)
})

test('pictures that do not divide, and patches that make no square, are refused', () => {
  expect(() => patchify(input('x', [1, 3, 10, 8]), 4)).toThrow('in patches of 4 px expected, got [1, 3, 10, 8]')
  expect(() => unpatchify(input('x', [1, 5, 16]), 4)).toThrow('square patches of 4 px expected, got [1, 5, 16]')
})
