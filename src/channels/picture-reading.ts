import { z } from 'zod'
import { fits } from './fits.js'
import { type Reading, rangeSchema } from './reading.js'

export { plainReading, type Range, type Reading } from './reading.js'

/** In a run's `config.json`, and in the index of a store */
export const readingSchema: z.ZodType<Reading> = z.strictObject({
  fit: z.enum(fits),
  background: z.string().regex(/^#[0-9a-f]{6}$/),
  range: rangeSchema(z),
})
