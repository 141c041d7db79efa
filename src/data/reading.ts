import type { z } from 'zod'
import { type Fit, fits } from '../channels/fits.js'
import { plainReading, type Reading, type rangeSchema, readingSchema } from '../channels/picture-reading.js'
import { LacunaError } from '../errors.js'

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
