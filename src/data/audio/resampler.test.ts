import { expect, test } from 'vitest'
import { resampler } from './resampler.js'

const tone = (hertz: number, rate: number, seconds: number, phase = 0) =>
  Float32Array.from({ length: Math.round(seconds * rate) }, (_, i) =>
    Math.sin((2 * Math.PI * hertz * i) / rate + phase),
  )

function resampled(values: Float32Array, from: number, to = 16_000, pieces = [values.length]): Float32Array {
  const { write, end } = resampler(from, to)
  const out: number[] = []
  let at = 0
  for (const piece of pieces) {
    out.push(...write(values.subarray(at, at + piece)))
    at += piece
  }
  out.push(...write(values.subarray(at)), ...end())
  return Float32Array.from(out)
}

/** The largest value away from both ends, in decibels */
const level = (values: Float32Array) =>
  20 * Math.log10(values.subarray(400, -400).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12))

const rates = [8000, 11_025, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000, 12_345]

test.each(rates)('tones of %i a second come out as they are at 16,000, in place and in size', rate => {
  const highest = 0.9 * Math.min(rate / 2, 8000)
  for (const hertz of [50, 1000, 0.5 * highest, 0.99 * highest]) {
    const out = resampled(tone(hertz, rate, 0.4, 1), rate)
    const wanted = tone(hertz, 16_000, 0.4, 1)
    expect(out.length).toBe(Math.round((Math.round(0.4 * rate) * 16_000) / rate))
    expect(level(out.map((value, i) => value - (wanted[i] ?? 0)))).toBeLessThan(-64)
  }
})

test.each(rates.filter(rate => rate > 16_000))('what 16,000 cannot hold of %i is gone, wherever it folds to', rate => {
  for (let hertz = 8000; hertz < rate / 2; hertz += (rate / 2 - 8000) / 23)
    expect(level(resampled(tone(hertz, rate, 0.2), rate))).toBeLessThan(-66)
})

test('a tone of 8,000 leaves no image of itself above 4,000', () => {
  const out = resampled(tone(3500, 8000, 0.4, 1), 8000)
  const image = tone(4500, 16_000, 0.4)
  const quarter = tone(4500, 16_000, 0.4, Math.PI / 2)
  const along = (other: Float32Array) => out.reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0) / out.length
  expect(2 * Math.hypot(along(image), along(quarter))).toBeLessThan(1e-3) // the ends are in it, which ring
})

test('in pieces it is what it is in one', () => {
  for (const rate of [8000, 44_100, 96_000]) {
    const values = tone(777, rate, 0.1)
    const whole = resampled(values, rate)
    expect(resampled(values, rate, 16_000, [1, 0, 7, 500, 3, 1000])).toEqual(whole)
  }
})

test('silence stays silence, a constant the same constant, and equal rates touch nothing', () => {
  expect([...resampled(new Float32Array(3000), 44_100)].every(value => value === 0)).toBe(true)
  const constant = resampled(new Float32Array(9000).fill(0.5), 44_100).subarray(200, -200)
  for (const value of constant) expect(value).toBeCloseTo(0.5, 3)
  const own = Float32Array.of(1, -1, 0.25)
  expect(resampled(own, 16_000)).toEqual(own)
})

test('lengths: rounded, at least one of what is not empty', () => {
  expect(resampled(new Float32Array(1), 48_000).length).toBe(1)
  expect(resampled(new Float32Array(0), 48_000).length).toBe(0)
  expect(resampled(new Float32Array(441), 44_100).length).toBe(160)
  expect(resampled(new Float32Array(442), 44_100).length).toBe(160)
  expect(resampled(new Float32Array(3), 8000).length).toBe(6)
})
