import type { Kind } from '../channels/channel.js'
import { LacunaError } from '../errors.js'
import { flagOf, rowsOf } from '../settings/rows.js'
import { dataSettings } from '../settings/table.js'
import { openPictures } from './open.js'
import { openRecordings } from './open-recordings.js'
import type { OpenOptions, SampleSet } from './types.js'

export interface DataOptions extends OpenOptions {
  /** What is to be read: the kinds of channels of a method, or of a run */
  readonly kinds: readonly Kind[]
}

/**
 * Opens a source for what is to be read of it: pictures or recordings.
 * @throws LacunaError (wrong usage) for settings of another kind, and for kinds that no source has; as those who open them
 */
export async function openData(source: string, { kinds, ...options }: DataOptions): Promise<SampleSet> {
  const [kind, ...others] = new Set(kinds)
  if (others.length > 0 || (kind !== 'image' && kind !== 'audio'))
    throw new LacunaError(
      `${source}: ${[...new Set(kinds)].join(' and ')} are wanted, and what can be opened is pictures alone or recordings alone; open them in a program of your own`,
      2,
    )
  if (kind === 'image') return (await openPictures(source, options)) as unknown as SampleSet
  const { size, channels, fit, background, range, ...rest } = options
  const given = { size, channels, fit, background, range }
  for (const [name, row] of rowsOf(dataSettings))
    if (row.of === 'image' && given[name as keyof typeof given] !== undefined)
      throw new LacunaError(
        `${flagOf(row)} says how pictures are read, and these are recordings; leave ${flagOf(row)} away`,
        2,
      )
  return (await openRecordings(source, rest)) as unknown as SampleSet
}
