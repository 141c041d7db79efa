import { describe, expect, test } from 'vitest'
import { evaluate, randomArray, relativeError } from '../../../engine/testing.js'
import { at } from '../../../nn/testing.js'
import { range } from '../../../tensor/shape.js'
import { factorsOf, fourier, sizeOfBackwards } from './fourier.js'

const wave = (k: number, t: number, size: number) => (2 * Math.PI * k * t) / size

describe.each([12, 30, 16, 15, 7])('of %i numbers', size => {
  const [x, y] = [randomArray([2, size]), randomArray([2, size], { seed: 2 })]

  test('forwards, as loops', async () => {
    const { re, im } = await evaluate(x => ({ ...fourier(x) }), [x])
    const sum = (of: (x: number) => number) =>
      range(2).flatMap(n =>
        range(Math.floor(size / 2) + 1).map(k =>
          range(size).reduce((all, t) => all + at(x, n, t) * of(-wave(k, t, size)), 0),
        ),
      )
    expect(relativeError(re, sum(Math.cos))).toBeLessThan(1e-13)
    expect(relativeError(im, sum(Math.sin))).toBeLessThan(1e-13)
  })

  test('sizes backwards, as loops', async () => {
    const { sizes } = await evaluate((re, im) => ({ sizes: sizeOfBackwards({ re, im }) }), [x, y])
    const expected = range(2).flatMap(n =>
      range(size).map(t => {
        const sum = (part: (k: number) => number) => range(size).reduce((all, k) => all + part(k), 0)
        const re = sum(k => at(x, n, k) * Math.cos(wave(k, t, size)) - at(y, n, k) * Math.sin(wave(k, t, size)))
        const im = sum(k => at(x, n, k) * Math.sin(wave(k, t, size)) + at(y, n, k) * Math.cos(wave(k, t, size)))
        return Math.hypot(re, im)
      }),
    )
    expect(relativeError(sizes, expected)).toBeLessThan(1e-13)
  })
})

test('factors lie next to each other', () => {
  expect([factorsOf(64_000), factorsOf(1600), factorsOf(7)]).toEqual([
    [256, 250],
    [40, 40],
    [7, 1],
  ])
})
