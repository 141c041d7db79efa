import { expect, test } from 'vitest'
import { randomArray } from '../engine/testing.js'
import { input } from '../tensor/tensor.js'
import { variablesOf } from './module.js'
import { parameterCount } from './parameters.js'
import { pictureDecoder } from './picture-decoder.js'
import { moduleGradientError } from './testing.js'

test.each([
  [4, 1],
  [28, 1],
  [30, 3],
  [32, 3],
  [33, 3],
  [64, 3],
])('a vector becomes a picture of %i px with %i channel(s)', (size, channels) => {
  const decoder = pictureDecoder({ inputs: 10, size, channels })
  expect(decoder(input('x', [2, 10])).shape).toEqual([2, channels, size, size])
})

test('32 px: from 4 px and 64 channels to 16 px and 16, then doubled', () => {
  const decoder = pictureDecoder({ inputs: 256, size: 32, channels: 3 })
  const weights = [...variablesOf(decoder).values()].map(({ shape }) => shape).filter(shape => shape.length > 1)
  expect(weights).toEqual([
    [64 * 4 * 4, 256],
    [32, 64, 3, 3],
    [16, 32, 3, 3],
    [3, 16, 3, 3],
  ])
  expect(parameterCount(decoder)).toBe(256 * 1024 + (64 * 32 + 32 * 16 + 16 * 3) * 9 + 2 * 112 + 3)
})

test('gradients as central differences', async () => {
  const decoder = pictureDecoder({ inputs: 2, size: 2, channels: 1 })
  const given = [randomArray([2, 2], { seed: 4 })]
  expect(await moduleGradientError(decoder, x => decoder(x).mean(), given, { training: true })).toBeLessThan(1e-6)
})
