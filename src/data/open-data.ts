import type { Kind } from '../channels/channel.js'
import { LacunaError } from '../errors.js'
import { flagOf, rowsOf } from '../settings/rows.js'
import { dataSettings } from '../settings/table.js'
import { holdsFilms } from './films-or-pictures.js'
import { media, mediaAmong, wordsOf } from './media.js'
import { openRecords } from './open-records.js'
import type { OpenOptions, SampleSet } from './types.js'

export interface DataOptions extends OpenOptions {
  /** What is to be read: the kinds of channels of a method, or of a run */
  readonly kinds: readonly Kind[]
}

/** What a source is opened for: where pictures are wanted and films are meant by it, for films, whose frames are pictures. */
export async function kindsHeld<K extends Kind>(
  source: string,
  kinds: readonly K[],
  signal?: AbortSignal,
): Promise<readonly (K | 'video')[]> {
  const all: readonly Kind[] = kinds
  if (!all.includes('image') || all.includes('video') || !(await holdsFilms(source, all.includes('audio'), signal)))
    return kinds
  return kinds.map(kind => (kind === 'image' ? 'video' : kind))
}

/**
 * Opens a source for what is to be read of it: pictures, films, recordings or texts, or what belongs together of several kinds. A
 * record then has a member of each, and the set a channel: `image`, `video`, `audio`, `text`. Where pictures are wanted and the source
 * holds films and no picture but animations, films are opened: a picture is then a frame of one. So they are where pictures and sound
 * are wanted, and there are films and no recordings.
 *
 * @throws LacunaError (wrong usage) for settings of another kind, and for kinds that no source has; as those who open them
 */
export async function openData(source: string, { kinds, ...options }: DataOptions): Promise<SampleSet> {
  const asked = mediaAmong(kinds)
  const strange = kinds.find(kind => !asked.some(medium => medium === kind))
  if (strange !== undefined || asked.length === 0)
    throw new LacunaError(
      `${source}: ${strange ?? 'nothing'} is wanted, and what can be opened is pictures, films, recordings and captions; open it in a program of your own`,
      2,
    )
  const wanted = mediaAmong(await kindsHeld(source, asked, options.signal))
  const given: Partial<Record<string, unknown>> = { ...options }
  for (const [name, row] of rowsOf(dataSettings)) {
    if (row.of === undefined || row.of.some(kind => wanted.includes(kind))) continue
    if (given[name] !== undefined)
      throw new LacunaError(
        `${flagOf(row)} says how ${media[row.of[0] ?? 'image'].many} are read, and these are ${wordsOf(wanted).many}; leave ${flagOf(row)} away`,
        2,
      )
    delete given[name]
  }
  return openRecords('openData', source, wanted, given)
}
