import { openRecords } from './open-records.js'
import type { RecordingOptions, RecordingSet } from './types.js'

/**
 * Opens recordings as a store of int16 at 16,000 numbers a second, one channel, each as long as it is. They are decoded on the
 * first call, and again only when the source has changed.
 *
 * @param source a folder of recordings (nested, or a Hugging Face audiofolder), one recording, or the directory of a store
 * @throws LacunaError when there is nothing to open, too much of it cannot be read, or the store cannot be written
 */
export const openRecordings = (source: string, options: RecordingOptions = {}): Promise<RecordingSet> =>
  openRecords('openRecordings', source, ['audio'], options)
