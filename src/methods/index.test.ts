import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { assemble, parseOptions } from '../assembly/programs.js'
import { LacunaError } from '../errors.js'
import { whiteNoise } from '../training/testing.js'
import { defaultEncoder, methodNamed, methods } from './index.js'

describe.each(methods.map(method => [method.name, method] as const))('%s', (name, method) => {
  test('is found by its name', () => {
    expect(methodNamed(name)).toBe(method)
  })

  test('has options that can be printed, all with defaults', () => {
    const schema = z.toJSONSchema(method.options, { io: 'output' })
    expect(Object.keys(schema.properties ?? {}).sort()).toEqual(Object.keys(parseOptions(method, {})).sort())
  })

  test('has its step in halves if it says that it compares embeddings, and only then', () => {
    const pictures = whiteNoise({ size: 32, channels: 3, batch: 2 }, 0)
    const options = parseOptions(method, {})
    const prepared = method.prepare?.({ pictures, count: 2, size: 32, channels: 3 }, options).prepared
    const encoder = method.encoder ?? defaultEncoder
    const { learner } = assemble({ method: name, options, prepared, encoder, size: 32, channels: 3 })
    expect(learner.halves !== undefined).toBe(method.comparesEmbeddings === true)
  })
})

test('an unknown method is wrong usage, and the answer names those there are', () => {
  const names = methods.map(({ name }) => name).join(', ')
  expect(() => methodNamed('simclear')).toThrow(new LacunaError(`no method called simclear; there are: ${names}`, 2))
  expect(() => methodNamed('simclear')).toThrow(expect.objectContaining({ exitCode: 2 }))
})
