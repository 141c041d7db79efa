import { z } from 'zod'
import { issuesOf, LacunaError } from './errors.js'
import { version } from './version.js'

/** One installation of the package, as it is loaded: two of them share neither tensors nor what is being traced. */
export interface Copy {
  readonly version: string
}

/** What stands in all that this one defines. */
export const thisCopy: Copy = { version }

/** What somebody else may define, to be used as if it were built in. */
export interface Definition {
  readonly defines: 'method' | 'encoder' | 'reader'
  readonly name: string
  /** The copy of Lacuna that has made it */
  readonly madeBy: Copy
}

const named = z.object({
  name: z.string().regex(/^[a-z0-9][\w.:=,/-]*$/i, 'letters, digits and - are expected'),
})

/**
 * Looks at a definition that comes from elsewhere, whatever its type says.
 * @param what it should be: a method, an encoder
 * @param how it is made, the name of a function
 * @throws LacunaError (wrong usage) when it is none, was made by another copy of Lacuna, or is not whole
 */
export function checkDefinition(what: string, how: string, given: unknown, shape: z.ZodObject): void {
  const { name, madeBy } = (given ?? {}) as Partial<Definition>
  const called = typeof name === 'string' ? `the ${what} ${name}` : `the ${what}`
  if (madeBy === undefined)
    throw new LacunaError(`${called}: what \`${how}\` gives is expected, got ${shown(given)}`, 2)
  if (madeBy !== thisCopy) throw ofAnotherCopy(called, madeBy.version)
  const parsed = named.extend(shape.shape).safeParse(given)
  if (!parsed.success) throw new LacunaError(`${called}: ${issuesOf(parsed.error)}`, 2)
}

export const ofAnotherCopy = (called: string, theirs?: string): LacunaError =>
  new LacunaError(
    `${called} was made with another copy of Lacuna${theirs === undefined ? '' : ` (version ${theirs}; this one is ${version})`}, and two copies share no tensors; install it once for both, and start that one: \`npx lacuna\` in the folder where it is installed`,
    2,
  )

/** @throws LacunaError (wrong usage): what a run says of its own must have one meaning */
export function refuseName(what: string, name: string): never {
  throw new LacunaError(`the ${what} ${name}: Lacuna has one of that name itself; give yours another`, 2)
}

/** Whether a value that comes from elsewhere was defined by a Lacuna, this one or another. */
export const isDefinition = (value: unknown): value is Definition =>
  typeof value === 'object' && value !== null && 'madeBy' in value && 'defines' in value

/** A function, in a shape. */
export const callable = z.custom<(...inputs: never) => unknown>(
  value => typeof value === 'function',
  'a function is expected',
)

const shown = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? `an object with ${Object.keys(value).slice(0, 5).join(', ') || 'nothing in it'}`
    : String(value)
