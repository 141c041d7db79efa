import { z } from 'zod'
import { plainReading, type Reading, type ReadingOptions, rangeSchema } from '../channels/reading.js'
import { LacunaError } from '../errors.js'
import { checkSettings } from '../settings/check.js'
import { dataSettings } from '../settings/table.js'

/** @throws LacunaError (wrong usage) for an unknown fit or colour, or an empty range */
export async function readingOf(options: ReadingOptions): Promise<Reading> {
  const { fit = plainReading.fit, background = plainReading.background, range = plainReading.range } = options
  checkSettings(dataSettings, { fit, background, range })
  return { fit, background: await colourOf(background), range: rangeSchema(z).parse(range) }
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
