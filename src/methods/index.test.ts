import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { parseOptions } from '../assembly/assemble.js'
import { LacunaError } from '../errors.js'
import { assembled, pictured } from '../training/testing.js'
import { methodNamed, methods } from './index.js'

describe.each(methods.map(method => [method.name, method] as const))('%s', (name, method) => {
  test('is found by its name', () => {
    expect(methodNamed(name)).toBe(method)
  })

  test('has options that can be printed, all with defaults', () => {
    const schema = z.toJSONSchema(method.options, { io: 'output' })
    expect(Object.keys(schema.properties ?? {}).sort()).toEqual(Object.keys(parseOptions(method, {})).sort())
  })
})

test('an unknown method is wrong usage, and the answer names those there are', () => {
  const names = methods.map(({ name }) => name).join(', ')
  expect(() => methodNamed('simclear')).toThrow(
    new LacunaError(`no method called simclear; there are: ${names}; did you mean simclr?`, 2),
  )
  expect(() => methodNamed('simclear')).toThrow(expect.objectContaining({ exitCode: 2 }))
})

test('what a method found beforehand is looked at: damaged, it is told in one line', () => {
  const prepared = { mean: ['red'], variance: 0.1 }
  const config = { method: 'mae', options: {}, prepared, encoder: 'vit-mini', channels: pictured(32) }
  expect(() => assembled(config)).toThrow(LacunaError)
  expect(() => assembled(config)).toThrow(/what mae found in the pictures before the training is damaged \(mean\.0: /)
})
