import { expect, test } from 'vitest'
import { evaluate, randomArray } from '../engine/testing.js'
import { ShapeError } from '../tensor/scope.js'
import { input } from '../tensor/tensor.js'
import { makeEncoder } from './encoders.js'
import { asMap, featureMap } from './feature-map.js'

test.each([
  ['c4-half', 32, [3, 128, 4, 4]],
  ['c4', 64, [3, 256, 4, 4]],
  ['resnet18', 32, [3, 512, 4, 4]],
  ['vit-mini', 32, [3, 96, 8, 8]],
  ['vit:dim=24,depth=1,heads=2,patch=8,class=false', 32, [3, 24, 4, 4]],
] as const)('%s on %i px: %j', (name, size, shape) => {
  const encoder = makeEncoder(name, { size, channels: 1 })
  expect(featureMap(encoder, input('x', [3, 1, size, size])).shape).toEqual(shape)
})

test.each([0, 1])('tokens go back to their places, row by row, after %i others', async others => {
  const tokens = randomArray([2, others + 9, 5])
  const { y } = await evaluate(x => ({ y: asMap(x) }), [tokens])
  for (const [n, c, row, column] of [
    [0, 0, 0, 0],
    [1, 4, 2, 1],
    [0, 3, 1, 2],
  ] as const)
    expect(y?.[((n * 5 + c) * 3 + row) * 3 + column]).toBe(
      tokens.values[(n * (others + 9) + others + 3 * row + column) * 5 + c],
    )
})

test('tokens of no square are refused', () => {
  expect(() => asMap(input('tokens', [2, 12, 5]))).toThrow(ShapeError)
  expect(() => asMap(input('vectors', [2, 12]))).toThrow(ShapeError)
})
