import { expect, test } from 'vitest'
import { randomArray } from '../engine/testing.js'
import { input } from '../tensor/tensor.js'
import { makeEncoder } from './encoders.js'
import { runModule } from './testing.js'
import { placeIn, vectorsAt } from './vectors.js'

const size = 16
const x = randomArray([2, 3, size, size], { seed: 1, low: 0, high: 1 })
const of = (name: string) => makeEncoder(name, { size, channels: 3 })

test.each([
  ['c4', ['conv1', 'conv2', 'conv3', 'conv4'], [32, 64, 128, 256]],
  ['resnet18', ['layer1', 'layer2', 'layer3', 'layer4'], [64, 128, 256, 512]],
  ['resnet50', ['layer1', 'layer2', 'layer3', 'layer4'], [256, 512, 1024, 2048]],
  ['vit:dim=12,depth=3,heads=2', ['block1', 'block2', 'block3'], [12, 12, 12]],
])('the layers of %s and their widths', (name, layers, widths) => {
  const encoder = of(name)
  expect(encoder.layers).toEqual(layers)
  for (const [i, layer] of layers.entries()) {
    expect(vectorsAt(encoder, placeIn(encoder, { layer }))(input('x', [2, 3, size, size])).shape).toEqual([
      2,
      widths[i],
    ])
  }
})

test.each(['c4-half', 'vit:dim=12,depth=2,heads=2', 'vit:dim=12,depth=2,heads=2,class=false'])(
  'the usual place of %s is the encoder itself',
  async name => {
    const encoder = of(name)
    expect(vectorsAt(encoder, placeIn(encoder))).toBe(encoder)
    const { y } = await runModule(encoder, encoder, [x])
    const named = placeIn(encoder, { layer: encoder.layers.length, pool: encoder.pool })
    expect((await runModule(encoder, vectorsAt(encoder, named), [x])).y).toEqual(y)
  },
)

test('an earlier layer of a convolutional encoder is the mean over the places of its map', async () => {
  const encoder = of('c4')
  const { y, shape } = await runModule(encoder, x => encoder.features(x, 2), [x])
  expect(shape).toEqual([2, 64, 8, 8])
  const means = Array.from({ length: 128 }, (_, i) => y.slice(64 * i, 64 * (i + 1)).reduce((sum, v) => sum + v, 0) / 64)
  const { y: vector } = await runModule(encoder, vectorsAt(encoder, { layer: 'conv2', pool: 'mean' }), [x])
  vector.forEach((value, i) => {
    expect(value).toBeCloseTo(means[i] ?? Number.NaN, 12)
  })
})

test('of a transformer the class token, or the mean over the patches without it', async () => {
  const encoder = of('vit:dim=12,depth=2,heads=2,patch=8')
  const { y, shape } = await runModule(encoder, x => encoder.features(x, 1), [x])
  expect(shape).toEqual([2, 5, 12])
  const token = (n: number, l: number) => y.slice((5 * n + l) * 12, (5 * n + l + 1) * 12)
  const taken = async (pool: 'mean' | 'class') =>
    (await runModule(encoder, vectorsAt(encoder, { layer: 'block1', pool }), [x])).y
  expect(await taken('class')).toEqual([...token(0, 0), ...token(1, 0)])
  const mean = (n: number) =>
    token(n, 1).map((_, d) => [1, 2, 3, 4].reduce((sum, l) => sum + (token(n, l)[d] ?? 0), 0) / 4)
  ;(await taken('mean')).forEach((value, i) => {
    expect(value).toBeCloseTo([...mean(0), ...mean(1)][i] ?? Number.NaN, 12)
  })
})

test('what an encoder has not is refused with what it has', () => {
  const refusal = (name: string, asked: Parameters<typeof placeIn>[1]) => () => placeIn(of(name), asked)
  expect(refusal('c4', { layer: 'conv5' })).toThrow('--layer conv5: this encoder has conv1, conv2, conv3, conv4')
  expect(refusal('c4', { layer: 0 })).toThrow('--layer 0: this encoder has conv1')
  expect(refusal('c4', { layer: '' })).toThrow('--layer : this encoder has')
  expect(refusal('resnet18', { layer: 'lyer3' })).toThrow('did you mean layer3?')
  expect(refusal('resnet18', { pool: 'class' })).toThrow('no class token')
  expect(refusal('vit:dim=12,depth=2,heads=2,class=false', { pool: 'class' })).toThrow('no class token')
  expect(refusal('c4', { pool: 'end' })).toThrow('--pool end: is for encoders of text; use --pool mean')
  expect(refusal('c4', { pool: 'mean-sd' })).toThrow('--pool mean-sd: is for encoders of recordings')
  expect(refusal('c4', { pool: 'max' as never })).toThrow('--pool max: mean or class or end or mean-sd is expected')
  expect(placeIn(of('resnet18'), { layer: '3' })).toEqual({ layer: 'layer3', pool: 'mean' })
})
