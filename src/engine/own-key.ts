import type { Program } from '../program/compile.js'
import type { Runner } from './runner.js'

let taken = 0

/** A key for a program, or a name for a variable, that no other has: computations that share a runner must not meet. */
export const ownKey = (what: string): string => `${what} ${taken++}`

/** Loads a program for the length of some work, under a key of its own. */
export async function withProgram<T>(runner: Runner, program: Program, work: (key: string) => Promise<T>): Promise<T> {
  const key = ownKey('program')
  await runner.load(key, program)
  try {
    return await work(key)
  } finally {
    await runner.unload(key)
  }
}
