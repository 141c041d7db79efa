import type { z as Zod } from 'zod'
import { type ReadingOptions, rangeSchema } from '../channels/reading.js'

/**
 * What a setting takes. The schema is made by who checks: the command line answers `--help` without loading zod, and gives what was
 * typed as it is where it is no such value, so that one check tells all that is wrong, wherever it comes from.
 */
export interface Kind<T> {
  /** What is right, in words that follow "must be" */
  readonly expected: string
  schema(z: typeof Zod): Zod.ZodType<T>
  /** What a word on the command line says. @param before what the same option said already, where it is repeated */
  parse(word: string, before?: unknown): unknown
  /** How it is typed, for `parse` to have it back; a word each time that the option is repeated, none to leave it away */
  words(value: T): readonly string[]
  /** All values that there are */
  readonly choices?: readonly string[]
  /** Stands on the command line without a value */
  readonly bare?: true
}

const numeric = {
  parse: (word: string): unknown => (word.trim() === '' || Number.isNaN(Number(word)) ? word : Number(word)),
  words: (value: number) => [`${value}`],
}

export const whole = (least: number, most?: number, expected?: string): Kind<number> => ({
  ...numeric,
  expected: expected ?? `a whole number of at least ${least}`,
  schema: z =>
    z
      .int()
      .min(least)
      .max(most ?? Number.MAX_SAFE_INTEGER),
})

export const above = (bound: number, expected: string): Kind<number> => ({
  ...numeric,
  expected,
  schema: z => z.number().gt(bound),
})

export const within = (least: number, most: number | undefined, expected: string): Kind<number> => ({
  ...numeric,
  expected,
  schema: z => (most === undefined ? z.number().min(least) : z.number().min(least).max(most)),
})

export const text = (expected: string): Kind<string> => ({
  expected,
  schema: z => z.string().min(1),
  parse: word => word,
  words: value => [value],
})

/** Said again for each of several */
export const list = (expected: string): Kind<readonly string[]> => ({
  expected,
  schema: z => z.array(z.string().min(1)),
  parse: (word, before = []) => [...(before as readonly string[]), word],
  words: value => value,
})

export const choice = <const T extends string>(of: readonly [T, ...T[]]): Kind<T> => ({
  expected: of.join(', ').replace(/, (?=[^,]+$)/, ' or '),
  schema: z => z.enum(of),
  parse: word => word,
  words: value => [value],
  choices: of,
})

export const numberOf = <const T extends number>(...of: readonly [T, ...T[]]): Kind<T> => ({
  expected: of.join(' or '),
  schema: z => z.literal(of),
  parse: numeric.parse,
  words: numeric.words,
})

/** Said by its name alone, and otherwise not at all */
export const flag: Kind<boolean> = {
  expected: 'true or false',
  schema: z => z.boolean(),
  parse: () => true,
  words: value => (value ? [''] : []),
  bare: true,
}

export const range: Kind<NonNullable<ReadingOptions['range']>> = {
  expected: 'auto or two numbers, the lower one first, such as 0,4095',
  schema: rangeSchema,
  parse(word) {
    const [low, high, ...rest] = word.split(',').map(numeric.parse)
    return word === 'auto' || high === undefined || rest.length > 0 ? word : { low, high }
  },
  // one that was found is found again
  words: value => (value === 'auto' || value.of === 'deep' ? [] : [`${value.low},${value.high}`]),
}

/** Steps, or minutes as in `5min` */
export type SaveEvery = number | `${number}min`

export const stepsOrMinutes: Kind<SaveEvery> = {
  expected: 'a number of steps (500), or of minutes (5min)',
  schema: z =>
    z.union([
      z.int().positive(),
      z.templateLiteral([z.number(), 'min']).refine(minutes => Number.parseFloat(minutes) > 0),
    ]),
  parse: numeric.parse,
  words: value => [`${value}`],
}
