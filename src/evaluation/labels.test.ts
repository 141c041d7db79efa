import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countsOf } from './baselines.js'
import { balancedSubset, validationSplit } from './labels.js'

const labels = Array.from({ length: 200 }, (_, i) => [0, 0, 0, 0, 1, 1, 1, 2, 2, 3][i % 10] ?? 0) // four unequal classes

test('every class has as many, and every position is there once', () => {
  for (const perClass of [1, 4, 10]) {
    const chosen = balancedSubset(labels, 4, perClass, { seed: 3, draw: 2 })
    expect(
      countsOf(
        Array.from(chosen, i => labels[i] ?? -1),
        4,
      ),
    ).toEqual(new Array(4).fill(perClass))
    expect([...chosen]).toEqual([...new Set(chosen)].sort((a, b) => a - b))
  }
})

test('the same seed and draw give the same list, others another, and fewer are among more', () => {
  const list = (perClass: number, seed: number, draw: number) => [
    ...balancedSubset(labels, 4, perClass, { seed, draw }),
  ]
  expect(list(5, 1, 0)).toEqual(list(5, 1, 0))
  expect(list(5, 1, 0)).not.toEqual(list(5, 1, 1))
  expect(list(5, 1, 0)).not.toEqual(list(5, 2, 0))
  expect(list(10, 1, 0)).toEqual(expect.arrayContaining(list(5, 1, 0)))
})

test('a class with too few is named', () => {
  expect(() => balancedSubset([0, 0, 1], 2, 2)).toThrow('2 labels a class expected, but class 1 has 1')
})

test('every draw is as likely to take any item of a class', () => {
  const taken = new Array<number>(20).fill(0)
  for (let draw = 0; draw < 2000; draw++)
    for (const position of balancedSubset(new Array<number>(20).fill(0), 1, 5, { draw }))
      taken[position] = (taken[position] ?? 0) + 1
  for (const count of taken) expect(Math.abs(count - 500)).toBeLessThan(100) // 5 standard deviations of 19.4
})

test('validation takes its share of every class', () => {
  const { training, validation } = validationSplit(labels, { share: 0.25, seed: 5 })
  expect([...training, ...validation].sort((a, b) => a - b)).toEqual(labels.map((_, i) => i))
  const all = countsOf(labels, 4)
  countsOf(
    Array.from(validation, i => labels[i] ?? -1),
    4,
  ).forEach((count, label) => {
    expect(Math.abs(count - 0.25 * (all[label] ?? 0))).toBeLessThanOrEqual(1)
  })
})

test('groups are never parted', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(5), fc.nat(2)), { minLength: 5, maxLength: 60 }),
      fc.nat(99),
      (items, seed) => {
        const groups = items.map(([group]) => `film ${group}`)
        const parts = validationSplit(
          items.map(([, label]) => label),
          { groups, seed },
        )
        const filmsOf = (positions: Uint32Array) => new Set(Array.from(positions, i => groups[i]))
        const [training, validation] = [filmsOf(parts.training), filmsOf(parts.validation)]
        expect([...training].filter(film => validation.has(film))).toEqual([])
      },
    ),
  )
})
