import { resolve } from 'node:path'
import { LacunaError } from '../errors.js'
import { build } from './build.js'
import { openStore } from './open-store.js'
import { checkOpening, placeAt, sourceFor } from './opening.js'
import { RATE, recordingMaker } from './recording-maker.js'
import { checkSkipped } from './skipped.js'
import { defaultCache, readIndex, storeDirectory } from './store.js'
import type { RecordingOptions, RecordingSet } from './types.js'

/**
 * Opens recordings as a store of int16 at 16,000 numbers a second, one channel, each as long as it is. They are decoded on the
 * first call, and again only when the source has changed.
 *
 * @param source a folder of recordings (nested, or a Hugging Face audiofolder), one recording, or the directory of a store
 * @throws LacunaError when there is nothing to open, too much of it cannot be read, or the store cannot be written
 */
export async function openRecordings(source: string, options: RecordingOptions = {}): Promise<RecordingSet> {
  checkOpening('openRecordings', 'audio', source, options)
  const { path, stored } = placeAt(source, 'audio')
  if (stored) {
    if (Object.values(stored.channels).some(({ kind }) => kind === 'audio')) return openStore(path, stored, options)
    throw new LacunaError(`${path}: this store holds no recordings; open ${stored.source}`, 2)
  }
  const found = await sourceFor(path, 'audio', options)
  const { cache = defaultCache(), groupPattern } = options
  const directory = storeDirectory(resolve(cache), path, 'audio', RATE, groupPattern)
  const { fingerprint, notes: listed } = found
  const plan = { ...options, source: path, medium: 'audio', directory, fingerprint, listed } as const
  const kept = readIndex(directory)
  if (kept?.fingerprint === fingerprint) {
    checkSkipped(plan, kept.skipped, kept.items.length + kept.skipped.length, options.allowSkipped)
    return openStore(directory, { ...kept, listed }, options)
  }
  const listing = await found.list()
  return openStore(directory, await build(listing, recordingMaker(listing, options), plan), options)
}
