import { describe, expect, test } from 'vitest'
import { array, evaluate, maxAbs } from '../../../engine/testing.js'
import { uniforms } from '../../../program/draws.js'
import { range } from '../../../tensor/shape.js'
import { cochlea, earBandsBelow } from './cochlea.js'
import { envelopes, transformedSeconds } from './envelopes.js'

/** What each band weighs each frequency by, written out. */
const filters = (rate: number, seconds: number) =>
  cochlea(rate, seconds).map(({ first, weights }) =>
    range(Math.floor((rate * seconds) / 2) + 1).map(k => weights[k - first] ?? 0),
  )

describe.each([
  [16_000, 4],
  [8_000, 0.6],
  [44_100, 1],
])('the bank at %i Hz over %d s', (rate, seconds) => {
  const bank = filters(rate, seconds)
  test('Σ |H|² = 1 at every frequency', () => {
    const off = range(bank[0]?.length ?? 0).map(k => bank.reduce((sum, band) => sum + (band[k] ?? 0) ** 2, 0) - 1)
    expect(maxAbs(off)).toBeLessThan(1e-12)
  })
  test('32 bands, their middles in even steps of the ear', () => {
    expect(bank).toHaveLength(32)
    const middles = bank.slice(10, 31).map(band => earBandsBelow(band.indexOf(Math.max(...band)) / seconds))
    const steps = middles.slice(1).map((middle, i) => middle - (middles[i] ?? 0))
    const step = (earBandsBelow(Math.min(10_000, rate / 2)) - earBandsBelow(20)) / 31
    for (const each of steps) expect(Math.abs(each - step)).toBeLessThan(0.1)
  })
})

const of = async (wave: readonly number[], length: number, rate: number) => {
  const { y = [] } = await evaluate(
    (waves, lengths) => ({ y: envelopes(waves, lengths.cast('int'), rate) }),
    [array([1, wave.length], wave), array([1], [length])],
  )
  const moments = y.length / 32
  return range(32).map(k => y.slice(k * moments, (k + 1) * moments))
}

test('a tone is as loud in each band as the filter lets it through, to the power of 0.3', async () => {
  const [rate, seconds, loudness] = [16_000, 1, 0.4]
  const whole = transformedSeconds(seconds)
  const bank = filters(rate, whole)
  // in the middle of two bands, and at the top of one
  for (const hertz of [440, 1000, 3000]) {
    const wave = range(rate * seconds).map(t => loudness * Math.sin((2 * Math.PI * hertz * t) / rate))
    const found = await of(wave, wave.length, rate)
    for (const [k, envelope] of found.entries()) {
      const weight = bank[k]?.[Math.round(hertz * whole)] ?? 0
      const middle = envelope.slice(150, 250)
      if (weight > 0.1)
        for (const value of middle) expect(Math.abs(value / (loudness * weight) ** 0.3 - 1)).toBeLessThan(0.01)
    }
  }
})

test('as the Hilbert envelopes of the whole rate, number by number', async () => {
  const rate = 4000
  const next = uniforms(1, 0, 'noise')
  // noise whose loudness goes up and down
  const wave = range(0.4 * rate).map(t => (next() - 0.5) * (1.2 + Math.sin((2 * Math.PI * 12 * t) / rate)))
  const fade = (t: number) => Math.sin((Math.PI / 2) * Math.min(1, (t + 0.5) / 80, (wave.length - t - 0.5) / 80)) ** 2
  const size = Math.round(rate * transformedSeconds(0.4))
  const turn = (n: number) => (2 * Math.PI * (n % size)) / size
  const [cos, sin] = [range(size).map(n => Math.cos(turn(n))), range(size).map(n => Math.sin(turn(n)))]
  const spectrum = range(size / 2 + 1).map(k => {
    const sum = (of: readonly number[]) => wave.reduce((all, v, t) => all + v * fade(t) * (of[(k * t) % size] ?? 0), 0)
    return { re: sum(cos), im: -sum(sin) }
  })
  const found = await of(wave, wave.length, rate)
  const times = rate / 400
  for (const [k, { first, weights }] of cochlea(rate, size / rate).entries()) {
    if (k % 5 !== 0) continue
    const loud = range(size).map(t => {
      let [re, im] = [0, 0]
      weights.forEach((weight, i) => {
        const { re: a = 0, im: b = 0 } = spectrum[first + i] ?? {}
        const [c, s] = [cos[((first + i) * t) % size] ?? 0, sin[((first + i) * t) % size] ?? 0]
        re += weight * (a * c - b * s)
        im += weight * (a * s + b * c)
      })
      return ((2 * Math.hypot(re, im)) / size) ** 0.3
    })
    // the mean over 8 lobes of a sinc to both sides
    const taps = range(16 * times + 1).map(i => {
      const x = i / times - 8
      const fades = Math.cos((Math.PI * (i - 8 * times)) / (2 * (8 * times + 1))) ** 2
      return (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)) * fades
    })
    const sum = taps.reduce((all, tap) => all + tap, 0)
    const largest = Math.max(...loud)
    for (const moment of range(100).slice(20, 140)) {
      const mean = taps.reduce((all, tap, i) => all + (tap / sum) * (loud[moment * times + i - 8 * times] ?? 0), 0)
      expect(Math.abs((found[k]?.[moment] ?? 0) - mean), `${k} ${moment}`).toBeLessThan(0.03 * largest)
    }
  }
})
