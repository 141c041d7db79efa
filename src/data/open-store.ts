import type { Reads } from '../channels/channel.js'
import { LacunaError } from '../errors.js'
import { partedInTime } from './blocks.js'
import { markUse } from './cache-use.js'
import { setOf } from './set.js'
import { openColumns, type StoreIndex } from './store.js'
import type { Item, SampleSet } from './types.js'

export interface StoreOptions {
  /** As it was opened with */
  readonly allowSkipped?: number
  /** The column that has the labels */
  readonly label?: string
  /** Up to this size a column is held in memory from the first read on; above, every record is read from disk when it is asked for */
  readonly heldBytes?: number
}

/**
 * The store in `directory`, opened.
 * @throws LacunaError (wrong usage) where no record has such a label
 */
export function openStore<R extends Reads>(
  directory: string,
  index: StoreIndex,
  options: StoreOptions = {},
): SampleSet<R> {
  const { channels, items, skipped, source, content, listed, reading } = index
  const labelled = options.label === undefined ? items : labelledBy(items, options.label, source)
  const columns = openColumns(directory, channels, items.length, options.heldBytes)
  const notes = [...listed, ...index.notes]
  const parted = partedInTime({ columns, items: labelled, notes, fingerprint: content })
  return setOf({
    ...parted,
    skipped,
    allowSkipped: options.allowSkipped,
    ...(options.label !== undefined && { label: options.label }),
    reading,
    source,
    directory,
    close: markUse(directory),
  })
}

function labelledBy(items: readonly Item[], column: string, source: string): Item[] {
  const known = [...new Set(items.flatMap(({ labels = {} }) => Object.keys(labels)))]
  if (!known.includes(column))
    throw new LacunaError(
      known.length === 0
        ? `${source}: --label ${column}, but no metadata table has columns of labels; leave it away, or add a metadata.csv with file_name and ${column}`
        : `${source}: --label ${column}, but the labels are ${known.join(', ')}; choose one of these`,
      2,
    )
  return items.map(item => ({ ...item, label: item.labels?.[column] }))
}
