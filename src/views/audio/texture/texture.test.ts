import { describe, expect, test } from 'vitest'
import { array, evaluate, type Given, maxAbs, relativeError } from '../../../engine/testing.js'
import { arrayOf } from '../../../nn/testing.js'
import { uniforms } from '../../../program/draws.js'
import { range } from '../../../tensor/shape.js'
import { modulationCentres, modulationPowers } from './modulation.js'
import { envelopeStatistics, medianOfThere } from './statistics.js'
import { TEXTURE, texture, textureGroups } from './texture.js'

const statisticsOf = async (envelopes: Given, frames: readonly number[]) => {
  const found = await evaluate(
    (envelopes, frames) => ({ ...envelopeStatistics(envelopes, frames.cast('int')) }),
    [envelopes, array([frames.length], frames)],
  )
  return found as Record<'mean' | 'variation' | 'modulation' | 'correlation', number[]>
}

describe('envelopes that go up and down, 1 + m cos 2πft', () => {
  const [length, depth] = [1600, 0.5]
  const hertz = [1, 4, 16, 60]
  const envelopes = arrayOf([1, 8, length], (_, k, t) => {
    const f = hertz[k % 4] ?? 1
    return 1 + depth * Math.cos((2 * Math.PI * f * t) / 400)
  })
  const found = () => statisticsOf(envelopes, [length])

  test('σ / μ = m / √2', async () => {
    const { mean, variation } = await found()
    for (const k of range(8)) {
      expect(mean[k]).toBeCloseTo(1, 10)
      expect(variation[k]).toBeCloseTo(0.353553, 6)
    }
  })

  test('their power lies in the band of modulation that holds f, and bands that tile hold all of it', async () => {
    const { modulation } = await found()
    for (const [k, f] of hertz.entries()) {
      const own = modulation.slice(10 * k, 10 * k + 10)
      const nearest = modulationCentres.map(centre => Math.abs(Math.log(centre / f)))
      expect(own.indexOf(Math.max(...own))).toBe(nearest.indexOf(Math.min(...nearest)))
      // as by the filters themselves
      const expected = modulationPowers(801, 4).map(filter => filter[4 * f] ?? 0)
      expect(relativeError(own, expected)).toBeLessThan(1e-9)
    }
  })

  test('the same in two bands: correlation 1; of another rhythm: 0; the other way round: −1', async () => {
    const { correlation } = await found()
    // 8 bands: 7 pairs one apart, 6 two apart, 5 three apart, 3 five apart
    expect(correlation).toHaveLength(21)
    expect(maxAbs(correlation)).toBeLessThan(1e-9)
    const turned = arrayOf([1, 6, length], (_, k, t) => {
      const up = Math.cos((2 * Math.PI * 4 * t) / 400)
      return 1 + 0.1 * (k + 1) * (k % 2 === 0 ? up : -up)
    })
    const { correlation: pairs } = await statisticsOf(turned, [length])
    const expected = [1, 2, 3, 5].flatMap(offset => range(6 - offset).map(() => (offset % 2 === 0 ? 1 : -1)))
    expect(relativeError(pairs, expected)).toBeLessThan(1e-9)
  })
})

test('of a random envelope the bands of modulation hold about all', async () => {
  const next = uniforms(2, 0, 'envelope')
  const noise = range(1600).map(() => next())
  const { modulation } = await statisticsOf(
    array(
      [1, 6, 1600],
      range(6).flatMap(() => noise),
    ),
    [1600],
  )
  const sum = modulation.slice(0, 10).reduce((all, share) => all + share, 0)
  expect(Math.abs(sum - 1)).toBeLessThan(0.1)
})

test('frames that are not there change nothing', async () => {
  const next = uniforms(3, 0, 'envelope')
  const own = range(6).map(() => range(100).map(() => 0.5 + next()))
  const given = (beyond: number) =>
    array(
      [1, 6, 400],
      own.flatMap(row => [...row, ...Array<number>(300).fill(beyond)]),
    )
  const [zeros, others] = [await statisticsOf(given(0), [100]), await statisticsOf(given(7), [100])]
  for (const name of ['mean', 'variation', 'modulation', 'correlation'] as const)
    expect(relativeError(others[name], zeros[name])).toBeLessThan(1e-12)
  const mean = own.map(row => row.reduce((sum, v) => sum + v, 0) / 100)
  expect(relativeError(zeros.mean, mean)).toBeLessThan(1e-12)
})

test('the median of what is there', async () => {
  const x = array([3, 5], [3, 1, 2, 9, 9, 4, 1, 3, 2, 9, 5, 9, 9, 9, 9])
  const { median } = await evaluate(
    (x, frames) => ({ median: medianOfThere(x, frames.cast('int')) }),
    [x, array([3], [3, 4, 1])],
  )
  expect(median).toEqual([2, 2.5, 5])
})

describe('a texture', () => {
  const rate = 8000
  const next = uniforms(4, 0, 'noise')
  const noise = (seconds: number) => range(seconds * rate).map(t => 0.05 * (next() - 0.5) * (1.3 + Math.sin(t / 90)))
  const of = async (
    waves: readonly (readonly number[])[],
    lengths: readonly number[],
    precision = 'float64' as const,
  ) => {
    const found = await evaluate(
      (waves, lengths) => {
        const { values, known } = texture(waves, lengths.cast('int'), rate)
        return { values, known }
      },
      [array([waves.length, waves[0]?.length ?? 0], waves.flat()), array([lengths.length], lengths)],
      { precision },
    )
    return { values: found.values ?? [], known: found.known ?? [] }
  }

  test('502 numbers: 64 marginals, 320 of modulation, 117 correlations, one loudness', async () => {
    expect(textureGroups).toEqual({ marginals: 64, modulation: 320, correlation: 117, loudness: 1 })
    expect(TEXTURE).toBe(502)
    const wave = noise(0.5)
    const { values } = await of([wave], [wave.length])
    expect(values).toHaveLength(502)
    expect(values.every(Number.isFinite)).toBe(true)
  })

  test('ten times as loud: 501 numbers are the same, and the last is 10^0.3 times as large', async () => {
    const wave = noise(1)
    const { values } = await of([wave, wave.map(v => 10 * v)], [wave.length, wave.length])
    const [soft, loud] = [values.slice(0, 502), values.slice(502)]
    expect(relativeError(loud.slice(0, 501), soft.slice(0, 501))).toBeLessThan(1e-10)
    expect((loud[501] ?? 0) / (soft[501] ?? 1)).toBeCloseTo(1.99526, 5)
  })

  test('what lies after the end changes nothing; a longer window hardly anything', async () => {
    const wave = noise(0.5)
    const beyond = (value: number) => [...wave, ...Array<number>(0.5 * rate).fill(value)]
    const { values } = await of([beyond(0), beyond(0.3)], [wave.length, wave.length])
    expect(values.slice(502)).toEqual(values.slice(0, 502))
    const { values: alone } = await of([wave], [wave.length])
    expect(relativeError(values.slice(0, 64), alone.slice(0, 64))).toBeLessThan(0.02)
  })

  test('what a recording is too short for is not known', async () => {
    const wave = noise(0.5)
    const window = [...wave, ...Array<number>(3.25 * rate).fill(0)]
    const unknown = async (seconds: number) => {
      const { known } = await of([window], [seconds * rate])
      return new Set(range(502).flatMap(i => (known[i] === 0 ? [(i - 64) % 10] : [])))
    }
    expect([...(await unknown(3.75))]).toEqual([])
    expect([...(await unknown(2))]).toEqual([0])
    expect([...(await unknown(0.5))].sort()).toEqual([0, 1, 2])
  })

  test('in float32 as in float64, silence too', async () => {
    const wave = noise(1)
    const silence = wave.map(() => 0)
    const of32 = await of([wave, silence], [wave.length, wave.length], 'float32' as never)
    const { values } = await of([wave, silence], [wave.length, wave.length])
    expect(relativeError(of32.values.slice(0, 502), values.slice(0, 502))).toBeLessThan(1e-3)
    expect(of32.values.every(Number.isFinite)).toBe(true)
    expect(of32.values[1003]).toBeLessThan(1e-6)
  })
})
