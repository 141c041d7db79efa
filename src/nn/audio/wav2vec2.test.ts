import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { array, type Given, relativeError } from '../../engine/testing.js'
import { input, type Tensor } from '../../tensor/tensor.js'
import { type AnyModule, variablesOf } from '../module.js'
import { arrayOf, runModule } from '../testing.js'
import { heard, noise } from './testing.js'
import { type Wav2vec2Options, wav2vec2Encoder, wav2vec2Presets } from './wav2vec2.js'

/**
 * Every seventh number of `last_hidden_state` of transformers 5.24's Wav2Vec2Model, and of its HubertModel, which gives the
 * same: of whole waves, of padded ones with an attention mask, and with `mask_time_indices`. Its configurations are `options`
 * with `num_conv_pos_embeddings: 6`, without dropout; `layer` has `feat_extract_norm: layer`, `conv_bias` and
 * `do_stable_layer_norm`. Weights, waves and what is hidden are those of the formulas below.
 */
const figures: Record<'group' | 'layer', Record<'whole' | 'padded' | 'hidden', number[]>> = JSON.parse(
  readFileSync(new URL('fixtures/transformers.json', import.meta.url), 'utf8'),
)
const options: Wav2vec2Options = {
  ...{ channels: 16, dim: 16, depth: 2, heads: 4, hiddenWidth: 24, positions: { kernel: 6, groups: 4 } },
  convolutions: [
    { kernel: 10, stride: 5 },
    { kernel: 3, stride: 2 },
    { kernel: 2, stride: 2 },
  ],
}
const kinds = { group: options, layer: { ...options, norm: 'layer', order: 'pre' } } as const
const lengths = [300, 220]
const waves = arrayOf([2, 300], (b, t) => 0.5 * Math.sin(0.05 * t * (1 + b)) + 0.3 * Math.sin(0.31 * t + b))
const padded = arrayOf([2, 300], (b, t) => (t < (lengths[b] ?? 0) ? (waves.values[b * 300 + t] ?? 0) : 0))
const hidden = arrayOf([2, 14], (b, t) => Number((7 * t + b) % 5 < 2))

/** A formula in the place of each name among all of them and of the number in the tensor. */
function filledIn(model: AnyModule): Map<string, number[]> {
  const shapes = new Map([...variablesOf(model)].map(([name, { shape }]) => [name, shape]))
  return new Map(
    [...shapes.keys()].sort().map((name, n) => {
      const shape = shapes.get(name) ?? []
      const [scale, around] = [shape.length > 1 ? 0.3 : 0.1, /norm\.weight$|original0$/.test(name) ? 1 : 0]
      const value = (i: number) => around + scale * Math.sin(0.7 * i + ((0.37 * i * i) % 5) + n)
      return [name, Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => value(i))]
    }),
  )
}

describe.each(['group', 'layer'] as const)('as the models of transformers, %s norm', kind => {
  const frames = [14, 10]
  const run = async (given: Given[], forward: (...inputs: Tensor[]) => Tensor, model: AnyModule) => {
    const { y } = await runModule(model, forward, given, { precision: 'float32', values: filledIn(model) })
    return y.filter((_, i) => i % 7 === 0)
  }

  test('whole', async () => {
    const encoder = wav2vec2Encoder(kinds[kind])
    const y = await run([waves], x => encoder.features(x as Tensor), encoder)
    expect(relativeError(y, figures[kind].whole)).toBeLessThan(1e-5)
  })

  test('hidden frames', async () => {
    const encoder = wav2vec2Encoder(kinds[kind])
    const forward = (x: Tensor, hidden?: Tensor) =>
      encoder.context(encoder.latents(x), { hidden: hidden?.greater(0.5) })
    expect(relativeError(await run([waves, hidden], forward, encoder), figures[kind].hidden)).toBeLessThan(1e-5)
  })

  test('padded, where frames are', async () => {
    const encoder = wav2vec2Encoder(kinds[kind])
    // transformers takes the statistics of a group over the padding too
    const forward = (x: Tensor, lengths?: Tensor) => {
      const ends = lengths?.cast('int')
      const latents = encoder.latents(x, kind === 'layer' ? ends : undefined)
      return encoder.context(latents, { frames: ends && encoder.frames(ends) })
    }
    const y = await run([padded, array([2], lengths)], forward, encoder)
    const isThere = (i: number) => Math.floor((7 * i) / 16) % 14 < (frames[Math.floor((7 * i) / (14 * 16))] ?? 0)
    const only = (values: readonly number[]) => values.filter((_, i) => isThere(i))
    expect(only(y).length).toBeGreaterThan(50)
    expect(relativeError(only(y), only(figures[kind].padded))).toBeLessThan(1e-5)
  })
})

test.each([
  [16_000, 49],
  [32_000, 99],
  [64_000, 199],
  [96_000, 299],
  [399, 0],
])('%i numbers are %i frames', (length, frames) => {
  const encoder = wav2vec2Encoder({ ...wav2vec2Presets['wav2vec2-small'], depth: 1 })
  expect({ ...encoder }).toMatchObject({ hop: 320, receptiveField: 400, before: 0, masks: true, causal: false })
  expect(encoder.framesOf(length)).toBe(frames)
  if (frames > 0) expect(encoder.features(input('x', [2, length])).shape).toEqual([2, frames, 192])
})

test('the names of the base model', () => {
  const variables = variablesOf(wav2vec2Encoder(wav2vec2Presets['wav2vec2-base']))
  expect(variables.size).toBe(211)
  expect(variables.get('encoder.pos_conv_embed.conv.parametrizations.weight.original0')?.shape).toEqual([1, 1, 128])
  expect(variables.get('encoder.pos_conv_embed.conv.parametrizations.weight.original1')?.shape).toEqual([768, 48, 128])
  expect(variables.get('feature_extractor.conv_layers.0.layer_norm.weight')?.shape).toEqual([512])
  expect(variables.get('encoder.layers.11.attention.out_proj.bias')?.shape).toEqual([768])
})

test.each([
  ['group', {}],
  ['layer', { norm: 'layer', order: 'pre', levels: true }],
] as const)('padding changes nothing, %s norm', async (_, more) => {
  const lengths = [1777, 3200]
  const waves = noise(lengths)
  const small = () =>
    wav2vec2Encoder({ ...options, convolutions: undefined, positions: { kernel: 8, groups: 4 }, ...more })
  const [short, whole] = await heard(small(), waves, { lengths })
  const alone = { shape: [1, 1777], values: waves.values.slice(0, 1777) }
  expect(relativeError(short, (await heard(small(), alone))[0] ?? [])).toBeLessThan(1e-5)
  expect(relativeError(whole, (await heard(small(), waves))[1] ?? [])).toBeLessThan(1e-5)
})

test('the gradients of the convolutions are a tenth, and the values the same', async () => {
  const run = (convolutionGradients: number) => {
    const encoder = wav2vec2Encoder({ ...options, convolutionGradients })
    const name = 'feature_extractor.conv_layers.1.conv.weight'
    const forward = (x: Tensor) => encoder.convolved(x)
    const weights = Array.from({ length: 2 * 14 * 16 }, (_, i) => Math.sin(i))
    return runModule(encoder, forward, [waves], { gradientsOf: [name], weights })
  }
  const [whole, tenth] = [await run(1), await run(0.1)]
  const gradient = (result: typeof whole) => Object.values(result.gradients)[0] ?? []
  expect(relativeError(tenth.y, whole.y)).toBeLessThan(1e-12)
  expect(
    relativeError(
      gradient(tenth).map(g => 10 * g),
      gradient(whole),
    ),
  ).toBeLessThan(1e-12)
})
