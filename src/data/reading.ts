import { z } from 'zod'
import { LacunaError } from '../errors.js'
import { type Fit, fits } from './fits.js'

/** Stored values that become black and white; what lies between is spread evenly, what lies outside is cut off. */
export const rangeSchema = z
  .strictObject({
    low: z.number(),
    high: z.number(),
    /** `deep`: pictures of 8 bits stay as they are, and only those of more bits are scaled. */
    of: z.enum(['all', 'deep']).default('all'),
  })
  .refine(({ low, high }) => low < high, 'low must be less than high')
export type Range = z.output<typeof rangeSchema>

/** How pictures become squares of bytes: equal readings of equal files give equal pictures. In a run's `config.json`. */
export const readingSchema = z.strictObject({
  fit: z.enum(fits),
  /** `#rrggbb`: below transparent pictures, and the border of `pad`. */
  background: z.string().regex(/^#[0-9a-f]{6}$/),
  /** `auto`: as found by looking at the pictures; still so where none of them has more than 8 bits. */
  range: z.union([z.literal('auto'), rangeSchema]),
})
export type Reading = z.output<typeof readingSchema>

export const plainReading: Reading = { fit: 'crop', background: '#ffffff', range: 'auto' }

/** What a caller may say of it: any part, and any name of a colour. */
export interface ReadingOptions {
  readonly fit?: Fit
  readonly background?: string
  readonly range?: 'auto' | z.input<typeof rangeSchema>
}

/** @throws LacunaError (wrong usage) for an unknown fit or colour, or an empty range */
export async function readingOf(options: ReadingOptions): Promise<Reading> {
  const { fit = plainReading.fit, range = plainReading.range } = options
  if (!fits.includes(fit)) throw new LacunaError(`--fit is one of ${fits.join(', ')}, not ${fit}`, 2)
  const parsed = readingSchema.shape.range.safeParse(range)
  if (!parsed.success)
    throw new LacunaError(
      `--range is auto or two numbers, the lower one first, such as 0,4095; not ${JSON.stringify(range)}`,
      2,
    )
  return { fit, background: await colourOf(options.background ?? plainReading.background), range: parsed.data }
}

async function colourOf(background: string): Promise<string> {
  if (/^#[0-9a-f]{6}$/.test(background)) return background
  try {
    const { sharp } = await import('./sharp.js') // which takes a while, and is seldom needed for this
    const pixel = sharp({ create: { width: 1, height: 1, channels: 3, background } })
    return `#${(await pixel.raw().toBuffer()).toString('hex')}`
  } catch {
    throw new LacunaError(`--background is a colour such as white or #808080, not ${JSON.stringify(background)}`, 2)
  }
}
