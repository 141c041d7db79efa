import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs a program that prints a line of JSON last. @throws Error with the last line of what it complained about */
export async function measure<T>(
  command: string,
  args: readonly (string | number)[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<T> {
  try {
    const { stdout } = await run(command, args.map(String), { env, maxBuffer: 2 ** 26 })
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string }
    throw new Error(stderr.trim().split('\n').at(-1) || message)
  }
}

/** One of our own processes, compiled beside this file. */
export const measureOurs = <T>(script: string, ...args: readonly (string | number)[]): Promise<T> =>
  measure(process.execPath, [join(import.meta.dirname, script), ...args])
