import { describe, expect, test } from 'vitest'
import { maxAbs, randomArray } from '../engine/testing.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { maskedDecoder } from './masked-decoder.js'
import { variablesOf } from './module.js'
import { sinCos2d } from './positions.js'
import { moduleGradientError, runModule } from './testing.js'

const options = { inputs: 6, classToken: true, side: 2, dim: 32, depth: 1, outputs: 5 }
const place = constant([2, 0, 3, 1], [1, 4], 'int') // patches 1 and 3 are shown
const encoded = randomArray([1, 3, 6])

/** Without blocks: norm and head of the token, or of the mask token, with its position. */
const naive = (decoder: ReturnType<typeof maskedDecoder>, classToken: boolean) =>
  runModule(decoder, (x: Tensor) => decoder(x, place), [classToken ? encoded : randomArray([1, 2, 6])])

describe.each([true, false])('with a class token: %j', classToken => {
  test('every token goes back to its patch, the mask token to all others, each with its position', async () => {
    const decoder = maskedDecoder({ ...options, classToken, depth: 0 })
    const { y, shape, state } = await naive(decoder, classToken)
    expect(shape).toEqual([1, 4, 5])
    const tokens = classToken ? encoded : randomArray([1, 2, 6])
    const value = (name: string, i: number) => state.get(name)?.[i] ?? Number.NaN
    const positions = sinCos2d(2, 32)
    const patchOfRow = [undefined, 0, undefined, 1] // which of the shown
    const errors = y.map((got, i) => {
      const [patch, o] = [Math.floor(i / 5), i % 5]
      const row = patchOfRow[patch]
      const token = Array.from({ length: 32 }, (_, d) => {
        if (row === undefined) return value('mask_token', d) + (positions[patch * 32 + d] ?? 0)
        const from = (row + (classToken ? 1 : 0)) * 6
        const product = [0, 1, 2, 3, 4, 5].reduce(
          (sum, k) => sum + value('embed.weight', d * 6 + k) * (tokens.values[from + k] ?? 0),
          value('embed.bias', d),
        )
        return product + (positions[patch * 32 + d] ?? 0)
      })
      const mean = token.reduce((sum, v) => sum + v, 0) / 32
      const deviation = Math.sqrt(token.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 32 + 1e-6)
      const sum = token.reduce((all, v, d) => all + ((v - mean) / deviation) * value('pred.weight', o * 32 + d), 0)
      return got - sum - value('pred.bias', o)
    })
    expect(maxAbs(errors)).toBeLessThan(1e-9)
  })
})

test('names of the MAE code', () => {
  const names = [...variablesOf(maskedDecoder(options)).keys()]
  expect(names.filter(name => !name.startsWith('blocks.'))).toEqual([
    'embed.weight',
    'embed.bias',
    'mask_token',
    'norm.weight',
    'norm.bias',
    'pred.weight',
    'pred.bias',
  ])
})

test('gradients as central differences', async () => {
  const decoder = maskedDecoder({ ...options, inputs: 2, outputs: 1, depth: 0 })
  expect(await moduleGradientError(decoder, x => decoder(x, place), [randomArray([1, 3, 2])])).toBeLessThan(1e-6)
})
