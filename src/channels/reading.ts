import type { z as Zod } from 'zod'
import type { Fit } from './fits.js'

/** Stored values that become black and white; what lies between is spread evenly, what lies outside is cut off. */
export interface Range {
  low: number
  high: number
  /** `deep`: pictures of 8 bits stay as they are, and only those of more bits are scaled. */
  of: 'all' | 'deep'
}

/** How pictures become squares of bytes: equal readings of equal files give equal pictures. In a run's `config.json`. */
export interface Reading {
  fit: Fit
  /** `#rrggbb`: below transparent pictures, and the border of `pad`. */
  background: string
  /** `auto`: as found by looking at the pictures; still so where none of them has more than 8 bits. */
  range: 'auto' | Range
}

/** What a caller may say of it: any part, and any name of a colour. */
export interface ReadingOptions {
  readonly fit?: Fit
  readonly background?: string
  readonly range?: 'auto' | (Pick<Range, 'low' | 'high'> & Partial<Range>)
}

export const plainReading: Reading = { fit: 'crop', background: '#ffffff', range: 'auto' }

/** @param z handed in: who only speaks of ranges need not load it */
export const rangeSchema = (z: typeof Zod) =>
  z.union([
    z.literal('auto'),
    z
      .strictObject({ low: z.number(), high: z.number(), of: z.enum(['all', 'deep']).default('all') })
      .refine(({ low, high }) => low < high, 'low must be less than high'),
  ])
