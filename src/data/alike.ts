import { LacunaError } from '../errors.js'
import type { Item, SampleSet } from './types.js'

/** What batches whose samples are alike in a column of labels are drawn from. */
export interface Alike {
  readonly column: string
  /** Of every sample the number of its label; below 0 where it has none */
  readonly kinds: Int32Array
  /** Samples of each label */
  readonly counts: readonly number[]
}

const known = new WeakMap<object, Map<string, Alike>>()

/**
 * @param owners of every sample its record
 * @param column of a metadata table; `label` where the folders of the files are all labels that there are
 * @throws LacunaError (wrong usage) where no record has a label there
 */
export function alikeAmong(set: SampleSet, owners: Uint32Array, column: string): Alike {
  const ofSet = known.get(set) ?? new Map<string, Alike>()
  known.set(set, ofSet)
  const found = ofSet.get(column) ?? alikeOf(set.items, owners, column)
  if (found.counts.length === 0) throw noSuch(set, column)
  ofSet.set(column, found)
  return found
}

function alikeOf(items: readonly Item[], owners: Uint32Array, column: string): Alike {
  const numbers = new Map<string, number>()
  const numberOf = (item: Item) => {
    const label = labelsOf(item)[column]
    if (label === undefined) return -1
    const number = numbers.get(label) ?? numbers.size
    numbers.set(label, number)
    return number
  }
  const ofRecord = items.map(numberOf)
  const kinds = Int32Array.from(owners, owner => ofRecord[owner] ?? -1)
  const counts = Array<number>(numbers.size).fill(0)
  for (const kind of kinds) if (kind >= 0) counts[kind] = (counts[kind] ?? 0) + 1
  return { column, kinds, counts }
}

const labelsOf = ({ label, labels }: Item): Readonly<Record<string, string>> =>
  labels ?? (label === undefined ? {} : { label })

function noSuch({ items, source }: SampleSet, column: string): LacunaError {
  const columns = [...new Set(items.flatMap(item => Object.keys(labelsOf(item))))]
  const instead =
    columns.length > 0
      ? `the labels are ${columns.join(', ')}; choose one of these`
      : 'nothing has labels; leave it away, or add a metadata.csv with file_name and that column'
  return new LacunaError(`${source}: --batch-alike ${column}, but ${instead}`, 2)
}
