import { shuffled } from './shuffle.js'
import type { Item } from './types.js'

/**
 * Splits positions into parts of the given fractions so that no group is parted, deterministic in `seed`.
 *
 * Groups come label by label, shuffled within a label. Each raises what every part is owed by fraction × its size,
 * and goes to the part that is owed most. So the parts are right overall and, because equal labels come in a row,
 * within every label too: to about one group.
 *
 * @param fractions of the items, in 0 … 1, summing to 1
 * @returns ascending positions, one array per fraction; a part may be empty when there are too few groups
 * @throws RangeError when the fractions do not sum to 1
 */
export function splitByGroup(items: readonly Item[], fractions: readonly number[], seed: number): Uint32Array[] {
  const sum = fractions.reduce((total, fraction) => total + fraction, 0)
  if (Math.abs(sum - 1) > 1e-6 || fractions.some(fraction => !(fraction >= 0)))
    throw new RangeError(`splitByGroup: fractions must be in 0 … 1 and sum to 1, not [${fractions.join(', ')}]`)

  const parts = fractions.map(() => [] as number[])
  const owed = fractions.map(() => 0)
  for (const positions of labelByLabel(items, seed)) {
    fractions.forEach((fraction, part) => {
      owed[part] = (owed[part] ?? 0) + fraction * positions.length
    })
    const chosen = owed.indexOf(Math.max(...owed.filter((_, part) => (fractions[part] ?? 0) > 0)))
    owed[chosen] = (owed[chosen] ?? 0) - positions.length
    for (const position of positions) parts[chosen]?.push(position)
  }
  return parts.map(positions => Uint32Array.from(positions).sort())
}

/** Of what is kept for the test where the data does not say */
export const TEST_SHARE = 0.2

/**
 * Positions to learn from and to be tested on: as the items say, or one fifth for the test, no group parted.
 * @returns ascending positions, and whether the items said so
 */
export function learnAndTest(items: readonly Item[]): {
  readonly training: Uint32Array
  readonly test: Uint32Array
  readonly marked: boolean
} {
  const none = new Uint32Array()
  const where = (wanted: (split: Item['split']) => boolean) =>
    Uint32Array.from(items.flatMap(({ split }, i) => (wanted(split) ? [i] : [])))
  const test = where(split => split === 'test')
  if (test.length > 0) return { training: where(split => split === 'train' || split === undefined), test, marked: true }
  const [training = none, apart = none] = splitByGroup(items, [1 - TEST_SHARE, TEST_SHARE], 0)
  return { training, test: apart, marked: false }
}

/** The positions of every group; groups of one label (that of most of their items) follow each other, in random order. */
function labelByLabel(items: readonly Item[], seed: number): number[][] {
  const groups = [...collect(items.keys(), position => items[position]?.group ?? '').values()]
  const order = Array.from(shuffled(groups.length, seed, 0), index => groups[index] ?? [])
  const labels = collect(order, positions => commonest(positions.map(position => items[position]?.label ?? '')))
  return [...labels.keys()].sort().flatMap(label => labels.get(label) ?? [])
}

function commonest(labels: readonly string[]): string {
  const counts = [...collect(labels, label => label)].map(([label, same]) => ({ label, count: same.length }))
  return counts.reduce((best, entry) => (entry.count > best.count ? entry : best), { label: '', count: 0 }).label
}

/** What has the same key, in the order in which each key came first. */
export function collect<T, K>(values: Iterable<T>, keyOf: (value: T) => K): Map<K, T[]> {
  const collected = new Map<K, T[]>()
  for (const value of values) {
    const key = keyOf(value)
    const same = collected.get(key)
    if (same) same.push(value)
    else collected.set(key, [value])
  }
  return collected
}
