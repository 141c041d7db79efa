import type { Kind } from '../channels/channel.js'
import { LacunaError } from '../errors.js'
import { flagOf, rowsOf } from '../settings/rows.js'
import { dataSettings } from '../settings/table.js'
import { mediaAmong, wordsOf } from './media.js'
import { openRecords } from './open-records.js'
import type { OpenOptions, SampleSet } from './types.js'

export interface DataOptions extends OpenOptions {
  /** What is to be read: the kinds of channels of a method, or of a run */
  readonly kinds: readonly Kind[]
}

/**
 * Opens a source for what is to be read of it: pictures, recordings or texts, or what belongs together of several kinds. A record
 * then has a member of each, and the set a channel: `image`, `audio`, `text`.
 *
 * @throws LacunaError (wrong usage) for settings of another kind, and for kinds that no source has; as those who open them
 */
export async function openData(source: string, { kinds, ...options }: DataOptions): Promise<SampleSet> {
  const wanted = mediaAmong(kinds)
  const strange = kinds.find(kind => !wanted.some(medium => medium === kind))
  if (strange !== undefined || wanted.length === 0)
    throw new LacunaError(
      `${source}: ${strange ?? 'nothing'} is wanted, and what can be opened is pictures, recordings and captions; open it in a program of your own`,
      2,
    )
  const given: Partial<Record<string, unknown>> = { ...options }
  for (const [name, row] of rowsOf(dataSettings)) {
    if (row.of === undefined || wanted.includes(row.of)) continue
    if (given[name] !== undefined)
      throw new LacunaError(
        `${flagOf(row)} says how pictures are read, and these are ${wordsOf(wanted).many}; leave ${flagOf(row)} away`,
        2,
      )
    delete given[name]
  }
  return openRecords('openData', source, wanted, given)
}
