import { expect, test } from 'vitest'
import { asCopies, variable } from '../program/trace.js'
import type { Tensor } from '../tensor/tensor.js'
import { constantly, heFanOut, type Initial, normal, torchDefault, truncatedNormal, xavierUniform } from './initial.js'
import { initialValues } from './initialise.js'

const made = (initial: Initial, shape: readonly number[]) => variable(shape, initial(shape))
const valuesOf = (...given: Parameters<typeof initialValues>) => new Map(initialValues(...given))
const only = (t: Tensor, name = 'w', seed = 1) => Array.from(valuesOf(new Map([[t, name]]), seed).get(name) ?? [])

test('values depend on the seed and the name, and on nothing else', () => {
  const [a, b] = [made(normal(1), [8]), made(normal(1), [8])]
  const first = valuesOf(
    new Map([
      [a, 'a'],
      [b, 'b'],
    ]),
    7,
  )
  const second = valuesOf(
    new Map([
      [b, 'b'],
      [a, 'a'],
    ]),
    7,
  )
  expect(second.get('a')).toEqual(first.get('a'))
  expect(first.get('a')).not.toEqual(first.get('b'))
  expect(only(a, 'a', 8)).not.toEqual(only(a, 'a', 7))
})

test('a copy holds the values of its source, given or drawn, in its own memory', () => {
  const student = made(normal(1), [4])
  const copyOf = (source: Tensor): Tensor => {
    const sources = new Map<Tensor, Tensor>()
    const copy = asCopies(sources, () => made(normal(2), [4]))
    sources.set(copy, source)
    return copy
  }
  const teacher = copyOf(student)
  const names = new Map([
    [teacher, 'teacher.w'],
    [copyOf(teacher), 'second.w'],
    [student, 'student.w'],
  ])
  const values = valuesOf(names, 1)
  expect(values.get('teacher.w')).toEqual(values.get('student.w'))
  expect(values.get('second.w')).toEqual(values.get('student.w'))
  expect(values.get('teacher.w')).not.toBe(values.get('student.w'))
  expect(Array.from(values.get('student.w') ?? [])).toEqual(only(student, 'student.w'))
  const given = Float32Array.of(1, 2, 3, 4)
  expect(new Map(initialValues(names, 1, new Map([['student.w', given]]))).get('second.w')).toEqual(given)
})

test('a variable without a name is refused', () => {
  expect(() => valuesOf(new Map([[made(normal(1), [4]), undefined as unknown as string]]), 1)).toThrow('has no name')
})

const moments = (values: readonly number[]) => {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length
  return { mean, deviation: Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length) }
}

test.each([
  ['normal', normal(0.5), 0.5],
  ['truncatedNormal', truncatedNormal(0.02), 0.02],
  ['heFanOut', heFanOut, Math.sqrt(2 / (64 * 9))],
  ['torchDefault', torchDefault, 1 / Math.sqrt(32 * 9) / Math.sqrt(3)],
  ['xavierUniform', xavierUniform, Math.sqrt(2 / (96 * 9))],
  ['constantly', constantly(3), 0],
] as const)('%s has its deviation', (_, initial, deviation) => {
  const found = moments(only(made(initial, [64, 32, 3, 3])))
  expect(Math.abs(found.deviation - deviation)).toBeLessThan(0.02 * deviation + 1e-12)
  expect(Math.abs(found.mean - (deviation === 0 ? 3 : 0))).toBeLessThan(0.02 * deviation + 1e-12)
})

test('normal values: two thirds within a deviation, odd moments vanish', () => {
  const values = only(made(normal(1), [20_001]))
  expect(Math.abs(values.filter(v => Math.abs(v) < 1).length / values.length - 0.6827)).toBeLessThan(0.01)
  expect(Math.abs(values.reduce((sum, v) => sum + v ** 3, 0) / values.length)).toBeLessThan(0.1)
  expect(Math.abs(values.slice(1).reduce((sum, v, i) => sum + v * (values[i] ?? 0), 0) / values.length)).toBeLessThan(
    0.03,
  )
})
