import { z } from 'zod'
import { fits } from './fits.js'

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
