import { describe, expect, test } from 'vitest'
import { array, relativeError } from '../../engine/testing.js'
import { draw } from '../../program/trace.js'
import { range } from '../../tensor/shape.js'
import { variablesOf } from '../module.js'
import { runModule } from '../testing.js'
import { gumbelFrames, nearestFrames, quantisedEncoder } from './quantised-encoder.js'
import { heard, noise } from './testing.js'
import { wav2vecEncoder } from './wav2vec.js'

const size = { groups: 2, codes: 6, shared: true }
const quantisers = {
  gumbel: () => gumbelFrames(8, { ...size, temperature: [0.5, 2], diversity: 0.1 }),
  kmeans: () => nearestFrames(8, { ...size, commitment: 0.25 }),
}

describe.each(Object.entries(quantisers))('%s', (name, quantiser) => {
  const inner = () => wav2vecEncoder({ channels: 8, aggregator: [3, 3], norm: 'channel' })
  const encoder = quantisedEncoder(inner(), quantiser())

  test('its layers: the latents, their codes, and the context of those', async () => {
    expect(encoder.layers).toEqual(['latents', 'codes', 'aggregator1', 'aggregator2'])
    const names = [...variablesOf(encoder).keys()]
    expect(names).toEqual([...variablesOf(inner()).keys(), ...names.filter(name => name.startsWith('quantiser.'))])
    const waves = noise([3200])
    const at = async (depth?: number) => (await runModule(encoder, x => encoder.features(x, depth), [waves])).y
    const of = async (forward: typeof encoder.latents) => (await runModule(encoder, forward, [waves])).y
    expect(await at()).toEqual(await at(4))
    expect(await at(2)).toEqual(await of(encoder.latents))
    expect(await at(4)).toEqual(await of(x => encoder.context(encoder.latents(x))))
    const [dense, coded, context] = [await at(1), await at(2), await at(3)]
    expect(relativeError(coded, dense)).toBeGreaterThan(0.3)
    expect(relativeError(context, coded)).toBeGreaterThan(0.3)
    // frames of codes are few: at most 6 halves before and behind
    const halves = range(coded.length / 4).map(i =>
      coded
        .slice(4 * i, 4 * i + 4)
        .map(v => v.toFixed(6))
        .join(),
    )
    expect(new Set(halves).size).toBeLessThanOrEqual(6)
    expect(new Set(halves).size).toBeGreaterThan(1)
  })

  test('padding changes nothing', async () => {
    const lengths = [1777, 3200]
    const waves = noise(lengths)
    const [short, whole] = await heard(encoder, waves, { lengths, precision: 'float64' })
    const alone = { shape: [1, 1777], values: waves.values.slice(0, 1777) }
    const only = (await heard(encoder, alone, { precision: 'float64' }))[0] ?? []
    expect(relativeError(short, only)).toBeLessThan(1e-9)
    expect(relativeError(whole, (await heard(encoder, waves, { precision: 'float64' }))[1] ?? [])).toBeLessThan(1e-9)
  })

  test('frames of no weight cost nothing', async () => {
    const waves = noise([3200])
    const cost = async (weight: readonly number[]) => {
      const { y } = await runModule(
        encoder,
        (x, lengths, weight) => encoder.coded(x, lengths.cast('int'), draw).cost(weight),
        [waves, array([1], [3200]), array([1, 18], weight)],
      )
      return y[0] ?? Number.NaN
    }
    const all = await cost(Array(18).fill(1))
    expect(all).toBeGreaterThan(1e-4)
    expect(await cost(Array(18).fill(3))).toBeCloseTo(all, 12)
    expect(await cost(Array(18).fill(0))).toBeCloseTo(name === 'gumbel' ? 0.1 * (1 - 1 / 6) : 0, 12) // all unused, nothing apart
    expect(Math.abs((await cost(range(18).map(t => Number(t < 9)))) - all)).toBeGreaterThan(1e-9)
  })
})
