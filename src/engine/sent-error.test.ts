import { fork } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { put, temporaryFolder } from '../data/testing.js'
import { LacunaError } from '../errors.js'
import { ShapeError } from '../tensor/scope.js'
import { received, sent } from './sent-error.js'

/** Through a message to a process, which knows JSON alone, and back. */
async function throughProcess<T>(value: T): Promise<T> {
  const echo = put(temporaryFolder(), {
    'echo.mjs': "process.on('message', it => process.send(it, () => process.disconnect()))",
  })
  const child = fork(join(echo, 'echo.mjs'), { execArgv: [] })
  return new Promise((done, fail) => {
    child.on('message', it => done(it as T)).on('error', fail)
    child.send(value as object)
  })
}

function thrownDeepInside(): never {
  throw new TypeError('x is undefined')
}

function errorOf(work: () => unknown): Error {
  try {
    work()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}

test.each([
  ['a thread', async <T>(value: T) => structuredClone(value)],
  ['a process', throughProcess],
])('an error from %s arrives as what it was', async (_, through) => {
  const inside = errorOf(thrownDeepInside)
  const all = [
    new LacunaError('no such thing', 1),
    new LacunaError('wrong usage', 2),
    new ShapeError('matmul', '[2, 3] and [4, 5]'),
    new RangeError('too far'),
    new Error('plain', { cause: inside }),
    inside,
  ]
  for (const error of all) {
    const arrived = received(await through(sent(error)))
    expect(Object.getPrototypeOf(arrived)).toBe(Object.getPrototypeOf(error))
    expect(arrived.stack).toBe(error.stack)
    expect(String(arrived)).toBe(String(error))
    expect(arrived.cause).toEqual(error.cause)
    expect((arrived as LacunaError).exitCode).toBe((error as LacunaError).exitCode)
  }
  expect(inside.stack).toContain('thrownDeepInside')
})

test('of a class that is not known the name stays, and what was no error becomes one', () => {
  class Odd extends Error {
    override readonly name = 'Odd'
  }
  const odd = received(sent(new Odd('strange')))
  expect(odd).toBeInstanceOf(Error)
  expect(String(odd)).toBe('Odd: strange')
  expect(received(sent('just text'))).toMatchObject({ name: 'Error', message: 'just text' })
})
