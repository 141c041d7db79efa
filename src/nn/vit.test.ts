import { expect, test } from 'vitest'
import { maxAbs, randomArray } from '../engine/testing.js'
import { LacunaError } from '../errors.js'
import { input } from '../tensor/tensor.js'
import { variablesOf } from './module.js'
import { parameterCount } from './parameters.js'
import { sinCos2d } from './positions.js'
import { runModule } from './testing.js'
import { isViT, vit, vitPresets } from './vit.js'

const imagenet = { size: 224, channels: 3 }

test("parameter counts of timm's models without their classifiers", () => {
  expect(parameterCount(vit(imagenet, vitPresets.tiny))).toBe(5_524_416)
  expect(parameterCount(vit(imagenet, vitPresets.small))).toBe(21_665_664)
  expect(parameterCount(vit(imagenet, vitPresets.base))).toBe(85_798_656)
  expect(parameterCount(vit({ size: 32, channels: 3 }, vitPresets.mini))).toBe(458_592)
})

test("names and layouts of timm's VisionTransformer", () => {
  const names = [...variablesOf(vit(imagenet, vitPresets.tiny))].map(([name, t]) => `${name} ${t.shape}`)
  expect(names.slice(0, 4)).toEqual([
    'cls_token 1,1,192',
    'pos_embed 1,197,192',
    'patch_embed.proj.weight 192,3,16,16',
    'patch_embed.proj.bias 192',
  ])
  expect(names).toContain('blocks.11.attn.qkv.weight 576,192')
  expect(names.slice(-2)).toEqual(['norm.weight 192', 'norm.bias 192'])
})

test.each([
  [32, 4],
  [64, 8],
  [96, 8],
  [224, 16],
])('pictures of %i px are cut into patches of %i px', (size, patch) => {
  expect(vit({ size, channels: 3 }, vitPresets.mini).options.patch).toBe(patch)
})

const small = { dim: 8, depth: 1, heads: 2, patch: 4 }
const x = randomArray([2, 3, 8, 8], { seed: 31 })

test('a patch is the product of its pixels with the convolution weight, in reading order', async () => {
  const model = vit({ size: 8, channels: 3 }, { ...small, classToken: false })
  const { y, state, shape } = await runModule(model, model.embed, [x])
  expect(shape).toEqual([2, 4, 8])
  const value = (name: string, i: number) => state.get(name)?.[i] ?? Number.NaN
  const errors = y.map((got, i) => {
    const [n, token, d] = [Math.floor(i / 32), Math.floor(i / 8) % 4, i % 8]
    let sum = value('patch_embed.proj.bias', d) + value('pos_embed', token * 8 + d)
    for (let k = 0; k < 48; k++) {
      const [c, row, column] = [Math.floor(k / 16), Math.floor(k / 4) % 4, k % 4]
      const pixel = ((n * 3 + c) * 8 + Math.floor(token / 2) * 4 + row) * 8 + (token % 2) * 4 + column
      sum += value('patch_embed.proj.weight', d * 48 + k) * (x.values[pixel] ?? Number.NaN)
    }
    return got - sum
  })
  expect(maxAbs(errors)).toBeLessThan(1e-12)
})

test('the vector is the class token, or the mean over the patches', async () => {
  const withToken = vit({ size: 8, channels: 3 }, small)
  const tokens = await runModule(withToken, x => withToken.features(x), [x])
  const vector = await runModule(withToken, withToken, [x])
  expect(tokens.shape).toEqual([2, 5, 8])
  expect(vector.y).toEqual([...tokens.y.slice(0, 8), ...tokens.y.slice(40, 48)])

  const without = vit({ size: 8, channels: 3 }, { ...small, classToken: false })
  const patches = await runModule(without, x => without.features(x), [x])
  const mean = await runModule(without, without, [x])
  expect(patches.shape).toEqual([2, 4, 8])
  const column = (n: number, d: number) =>
    [0, 1, 2, 3].reduce((sum, l) => sum + (patches.y[(n * 4 + l) * 8 + d] ?? 0), 0)
  expect(maxAbs(mean.y.map((v, i) => v - column(Math.floor(i / 8), i % 8) / 4))).toBeLessThan(1e-12)
})

test('encode takes any of the patches', () => {
  const model = vit({ size: 32, channels: 3 }, vitPresets.mini)
  expect(isViT(model)).toBe(true)
  expect(model.patches).toBe(64)
  expect(model.encode(model.embed(input('x', [2, 3, 32, 32])).slice(1, 0, 16)).shape).toEqual([2, 17, 96])
})

test('patches that do not fit are refused with those that do', () => {
  const wrong = () => vit({ size: 30, channels: 3 }, vitPresets.mini)
  expect(wrong).toThrow(LacunaError)
  expect(wrong).toThrow(
    'vit: pictures of 30 px do not divide into patches of 4 px; patches of 1, 2, 3, 5, 6, 10, 15, 30 px would do',
  )
})

test('positions may begin as sines and cosines, with none for the class token', async () => {
  const model = vit({ size: 8, channels: 3, positions: 'sin-cos' }, small)
  const { state } = await runModule(model, model, [x])
  const wanted = [...Array<number>(8).fill(0), ...sinCos2d(2, 8)]
  expect(maxAbs((state.get('pos_embed') ?? []).map((v, i) => v - (wanted[i] ?? Number.NaN)))).toBeLessThan(1e-7)
  const narrow = () => vit({ size: 8, channels: 3, positions: 'sin-cos' }, { ...small, dim: 6 })
  expect(narrow).toThrow(LacunaError)
  expect(narrow).toThrow('a width that divides by 4, not 6')
})

test('errors inside say where', () => {
  const model = vit({ size: 8, channels: 1 }, small)
  expect(() => model.embed(input('x', [1, 3, 8, 8]))).toThrow('[1, 4, 48] · [8, 16] (at patch_embed.proj)')
  expect(() => model(input('x', [1, 1, 16, 16]))).toThrow('vit: pictures of 8 × 8 expected, got 16 × 16')
})
