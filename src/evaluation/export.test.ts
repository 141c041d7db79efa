import { expect, test } from 'vitest'
import { compared } from './export.js'

test('vectors are compared by their size: what float32 rounds off 34 is no difference, and would be one of 1', () => {
  const vectors = (largest: number, off: number) =>
    [Float32Array.of(largest, -1e-3, 0), Float32Array.of(largest + off, -1e-3, 0)] as const
  expect(compared('run', ...vectors(34, 2.19e-5))).toMatchObject({ largest: 34 })
  expect(() => compared('run', ...vectors(1, 2.19e-5))).toThrow(
    /^run: the exported model differs .* by 0\.0000219 in vectors of up to 1\.00/,
  )
  expect(() => compared('run', ...vectors(0.01, 1e-6))).toThrow('differs')
})

test('a number that is none, or is missing, is a difference', () => {
  expect(() => compared('run', Float32Array.of(1, 2), [1, Number.NaN])).toThrow('by NaN')
  expect(() => compared('run', Float32Array.of(1, 2), [1])).toThrow('by NaN')
})
