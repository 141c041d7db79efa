import { z } from 'zod'
import { LacunaError } from '../errors.js'

/** A size in a name. */
export const positive = z.coerce.number().int().positive()

/** What every transformer is told. */
export const transformerSizes = { dim: positive, depth: positive, heads: positive, mlp: positive.optional() }

/** Refused where the width does not divide into the heads. */
export const intoHeads = <S extends z.ZodType<{ readonly dim: number; readonly heads: number }>>(schema: S): S =>
  schema.refine(({ dim, heads }) => dim % heads === 0, { message: 'does not divide into the heads', path: ['dim'] })

/**
 * Options that stand in an encoder's name after its first part.
 * @param start such as 'vit:'
 * @param text such as 'dim=192,depth=6,heads=3'
 * @param example a whole name, for the error
 * @throws LacunaError (2) when they are not what the schema wants
 */
export function optionsInName<T>(start: string, text: string, schema: z.ZodType<T>, example: string): T {
  const pairs = text.split(',').map(pair => pair.split('=', 2) as [string, string | undefined])
  const parsed = schema.safeParse(Object.fromEntries(pairs))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => [...path, message].join(': '))
  throw new LacunaError(`encoder "${start}${text}": ${problems.join('; ')}; write it as ${example}`, 2)
}
