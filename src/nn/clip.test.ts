import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { array, type Given, relativeError } from '../engine/testing.js'
import type { StoredTensor } from '../formats/stored-tensor.js'
import { ShapeError } from '../tensor/scope.js'
import { range, sizeOf } from '../tensor/shape.js'
import { input, type Tensor } from '../tensor/tensor.js'
import { fromOpenClip, toOpenClip } from './clip-names.js'
import { clipVit } from './clip-vit.js'
import { initialValues } from './initialise.js'
import { linear } from './layers.js'
import { type AnyModule, module, variablesOf } from './module.js'
import { parameterCount } from './parameters.js'
import { runModule } from './testing.js'
import { textPresets, textTransformer } from './text/transformer.js'
import { vectorsAt } from './vectors.js'
import { matchWeights } from './weights.js'

/**
 * Of transformers 5.24 in float64: its CLIPModel of the sizes below, with `hidden_act` quick_gelu and gelu. Every seventh number of
 * the text model's last hidden state, and the embeddings after both projections. Weights, pictures and texts are those of the
 * formulas below; its pictures have CLIP's mean and deviation taken off.
 */
const figures: Readonly<Record<'quick_gelu' | 'gelu', Readonly<Record<'tokens' | 'text' | 'image', number[]>>>> =
  JSON.parse(readFileSync(new URL('fixtures/clip.json', import.meta.url), 'utf8'))

const [START, END] = [58, 59]
const channel = { vocabulary: 60, length: 10 }
const textSize = { dim: 16, depth: 2, heads: 2, hiddenWidth: 32 }
const pictureSize = { dim: 24, depth: 2, heads: 3, hiddenWidth: 48, patch: 4 }
const texts = array(
  [3, 10],
  [
    [START, 7, 3, END, 0, 0, 0, 0, 0, 0],
    [START, 1, 2, 3, 4, 5, 6, 7, 8, END],
    [START, END, 0, 0, 0, 0, 0, 0, 0, 0],
  ].flat(),
)
const pictures = array(
  [2, 3, 16, 16],
  range(2 * 3 * 16 * 16).map(i => 0.5 + 0.5 * Math.sin(0.05 * i + ((0.013 * i * i) % 3))),
)

/** A formula in the place of each name among all of them and of the number in the tensor. */
function filledIn(model: AnyModule): Map<string, number[]> {
  const shapes = new Map([...variablesOf(model)].map(([name, { shape }]) => [name, shape]))
  return new Map(
    [...shapes.keys()].sort().map((name, n) => [name, formula(shapes.get(name) ?? [], n, /norm.*weight$/.test(name))]),
  )
}
const formula = (shape: readonly number[], n: number, scales: boolean) => {
  const [scale, around] = [shape.length > 1 ? 0.3 : 0.1, scales ? 1 : 0]
  return range(sizeOf(shape)).map(i => around + scale * Math.sin(0.7 * i + ((0.37 * i * i) % 5) + n))
}
const anyTensor: StoredTensor = { dtype: 'float32', shape: [1], data: new Float32Array(1) }
const run = async (model: AnyModule, given: Given, forward: (x: Tensor) => Tensor) =>
  (await runModule(model, x => forward(x as Tensor), [given], { precision: 'float32', values: filledIn(model) })).y

describe.each([
  ['quick_gelu', 'quick-gelu'],
  ['gelu', 'gelu'],
] as const)('as the CLIPModel of transformers, %s', (figure, activation) => {
  test('text: tokens, and what stands at the end, projected', async () => {
    const text_model = textTransformer(channel, { ...textSize, activation })
    const text_projection = linear(16, 12, { bias: false })
    const model = module({ text_model, text_projection }, () => undefined)
    const tokens = await run(model, texts, ids => text_model.features(ids.cast('int')))
    expect(
      relativeError(
        tokens.filter((_, i) => i % 7 === 0),
        figures[figure].tokens,
      ),
    ).toBeLessThan(1e-5)
    const projected = await run(model, texts, ids => text_projection(text_model(ids.cast('int'))))
    expect(relativeError(projected, figures[figure].text)).toBeLessThan(1e-5)
  })

  test('pictures, projected', async () => {
    const vision_model = clipVit({ size: 16, channels: 3 }, { ...pictureSize, activation })
    const visual_projection = linear(24, 12, { bias: false })
    const model = module({ vision_model, visual_projection }, () => undefined)
    const projected = await run(model, pictures, x => visual_projection(vision_model(x)))
    expect(relativeError(projected, figures[figure].image)).toBeLessThan(1e-5)
  })
})

/** Of open_clip 3.3 in float64: names and shapes of its CLIP of the same sizes, and its vectors of the same pictures and texts. */
const openClip: { readonly shapes: Readonly<Record<string, number[]>> } & Readonly<
  Record<'quick_gelu' | 'gelu', Readonly<Record<'text' | 'image', number[]>>>
> = JSON.parse(readFileSync(new URL('fixtures/open-clip.json', import.meta.url), 'utf8'))

describe('weights of open_clip', () => {
  const stored = new Map(
    Object.entries(openClip.shapes).map(([name, shape], n): [string, StoredTensor] => [
      name,
      { dtype: 'float32', shape, data: Float32Array.from(formula(shape, n, /ln_.*weight$/.test(name))) },
    ]),
  )
  const asHere = (model: AnyModule) => {
    const shapes = new Map([...variablesOf(model)].map(([name, { shape }]) => [name, shape]))
    const there = new Map([...fromOpenClip(stored)].filter(([name]) => shapes.has(name)))
    return new Map([...matchWeights(shapes, there)].map(([name, values]) => [name, Array.from(values)]))
  }
  const runAs = async (model: AnyModule, given: Given, forward: (x: Tensor) => Tensor) =>
    (await runModule(model, x => forward(x as Tensor), [given], { precision: 'float32', values: asHere(model) })).y

  test.each([
    ['quick_gelu', 'quick-gelu'],
    ['gelu', 'gelu'],
  ] as const)('give its vectors, %s', async (figure, activation) => {
    const text_model = textTransformer(channel, { ...textSize, activation })
    const text_projection = linear(16, 12, { bias: false })
    const texted = module({ text_model, text_projection }, () => undefined)
    const told = await runAs(texted, texts, ids => text_projection(text_model(ids.cast('int'))))
    expect(relativeError(told, openClip[figure].text)).toBeLessThan(1e-5)
    const vision_model = clipVit({ size: 16, channels: 3 }, { ...pictureSize, activation })
    const visual_projection = linear(24, 12, { bias: false })
    const pictured = module({ vision_model, visual_projection }, () => undefined)
    const seen = await runAs(pictured, pictures, x => visual_projection(vision_model(x)))
    expect(relativeError(seen, openClip[figure].image)).toBeLessThan(1e-5)
  })

  test('go there and back, and have no place for what it has nothing like', () => {
    expect(toOpenClip(fromOpenClip(stored))).toEqual(stored)
    const apart = new Map([...stored].map(([name, t]) => [name.replace(/^(?!visual|logit)/, 'text.'), t]))
    expect(fromOpenClip(apart)).toEqual(fromOpenClip(stored))
    expect(() => toOpenClip(new Map([...fromOpenClip(stored), ['vision_model.conv1.weight', anyTensor]]))).toThrow(
      'vision_model.conv1.weight',
    )
    const others = new Map([['conv1.weight', anyTensor]])
    expect(fromOpenClip(others)).toBe(others)
  })
})

test('what follows the end changes nothing, and what comes later is not seen', async () => {
  const encoder = textTransformer(channel, textSize)
  const at = async (ids: number[]) => run(encoder, array([1, 10], ids), x => encoder(x.cast('int')))
  const short = await at([START, 7, 3, END, 0, 0, 0, 0, 0, 0])
  expect(relativeError(await at([START, 7, 3, END, 5, END, 9, 1, 0, 2]), short)).toBeLessThan(1e-6)
  expect(relativeError(await at([START, 7, 4, END, 0, 0, 0, 0, 0, 0]), short)).toBeGreaterThan(1e-2)
  const cut = await run(encoder, array([1, 4], [START, 7, 3, END]), x => encoder(x.cast('int')))
  expect(relativeError(cut, short)).toBeLessThan(1e-6)
  const tokens = async (ids: number[]) => run(encoder, array([1, 4], ids), x => encoder.features(x.cast('int')))
  const [one, other] = [await tokens([START, 7, 3, END]), await tokens([START, 7, 8, END])]
  expect(relativeError(other.slice(0, 32), one.slice(0, 32))).toBeLessThan(1e-6)
  expect(relativeError(other.slice(32), one.slice(32))).toBeGreaterThan(1e-2)
})

test('vectors of an inner block and of the mean', async () => {
  const encoder = textTransformer(channel, textSize)
  const first = await run(encoder, texts, x => vectorsAt(encoder, { layer: 'block1', pool: 'end' })(x.cast('int')))
  const inside = await run(encoder, texts, x => encoder.features(x.cast('int'), 1))
  const ends = [3, 9, 1].flatMap((end, n) => inside.slice((n * 10 + end) * 16, (n * 10 + end + 1) * 16))
  expect(relativeError(first, ends)).toBeLessThan(1e-6)
})

test('first values as open_clip: narrower as it is wider and deeper', () => {
  const encoder = textTransformer({ vocabulary: 2000, length: 32 }, textPresets['text-small'])
  const names = new Map([...variablesOf(encoder)].map(([name, variable]) => [variable, name]))
  const values = new Map(initialValues(names, 3))
  const deviation = (name: string) => {
    const all = values.get(name) ?? new Float32Array(1)
    return Math.sqrt(all.reduce((sum, x) => sum + x * x, 0) / all.length)
  }
  expect(deviation('embeddings.token_embedding.weight')).toBeCloseTo(0.02, 3)
  expect(deviation('embeddings.position_embedding.weight')).toBeCloseTo(0.01, 3)
  const layer = 'encoder.layers.2'
  for (const part of ['q', 'k', 'v'])
    expect(deviation(`${layer}.self_attn.${part}_proj.weight`)).toBeCloseTo(128 ** -0.5, 2)
  for (const part of ['self_attn.out_proj', 'mlp.fc2'])
    expect(deviation(`${layer}.${part}.weight`)).toBeCloseTo((128 * 8) ** -0.5, 3)
  expect(deviation(`${layer}.mlp.fc1.weight`)).toBeCloseTo(256 ** -0.5, 2)
  for (const part of ['self_attn.q_proj', 'mlp.fc1']) expect(deviation(`${layer}.${part}.bias`)).toBe(0)
})

test("as many parameters as OpenAI's", () => {
  // of ViT-B/32: 151,277,313 in all, with two projections to 512 and the scale
  const text = parameterCount(textTransformer({ vocabulary: 49_408, length: 77 }, textPresets['text-base']))
  const picture = parameterCount(
    clipVit({ size: 224, channels: 3 }, { dim: 768, depth: 12, heads: 12, patch: 32, activation: 'quick-gelu' }),
  )
  expect(text + picture + 512 * 512 + 768 * 512 + 1).toBe(151_277_313)
})

test('a text longer than it has positions for is refused', () => {
  const encoder = textTransformer(channel, textSize)
  expect(() => encoder(input('x', [2, 11], 'int'))).toThrow(ShapeError)
})
