import type { z } from 'zod'
import { unknownNames } from './nearest.js'

/**
 * Something the user can put right. The message is one line: where, what was expected, what came, what to do.
 * The command line prints it without a stack and ends with `exitCode`: 1 the work failed, 2 the command was wrong.
 */
export class LacunaError extends Error {
  override readonly name = 'LacunaError'

  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message)
  }
}

/** Whether what was asked for is wrong, such as a folder that is taken, rather than the work that failed. */
export const isWrongUsage = (error: unknown): boolean => error instanceof LacunaError && error.exitCode === 2

/** The code of a Node file-system error (`ENOENT`, `EACCES`, …), if it is one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** An argument of the library that is of another type, as an error shows it. */
export const wrongArgument = (value: unknown): string =>
  value === '' ? 'an empty text' : value === null ? 'null' : typeof value === 'string' ? `"${value}"` : typeof value

/** What a schema found wrong, on one line. */
export function issuesOf(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ')
}

/** What a schema made of a value, or what is wrong with it. */
export type Parsed<T> =
  | { readonly data: T; readonly problem?: undefined }
  | {
      readonly data?: undefined
      /** On one line */
      readonly problem: string
      /** All is right but for keys that nobody knows */
      readonly unknownOnly: boolean
    }

/** What a schema makes of a value; an unknown key is told with the nearest known one. */
export function parsedBy<T>(schema: z.ZodType<T>, value: unknown): Parsed<T> {
  const parsed = schema.safeParse(value, {
    error: issue => (issue.code === 'unrecognized_keys' ? unknownIn(issue) : undefined),
  })
  if (parsed.success) return { data: parsed.data }
  const unknownOnly = parsed.error.issues.every(({ code }) => code === 'unrecognized_keys')
  return { problem: issuesOf(parsed.error), unknownOnly }
}

function unknownIn({ keys = [], inst }: { readonly keys?: readonly string[]; readonly inst?: object }): string {
  const shape = inst !== undefined && 'shape' in inst ? inst.shape : undefined
  return unknownNames(keys, typeof shape === 'object' && shape !== null ? Object.keys(shape) : [])
}
