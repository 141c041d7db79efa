import { problemList, table, withSpread } from './page-table.js'
import type { DataMeasurement, DataRecord } from './records.js'
import { median, ratios } from './statistics.js'

/** Pictures a second, ours and torchvision's with the number of workers that serves it best. */
export function dataSection(record: DataRecord): string {
  const { Lacuna: ours = [], ...others } = record.results
  const first = (rounds: readonly DataMeasurement[]) => rounds.map(m => m.first)
  const later = (rounds: readonly DataMeasurement[]) => rounds.map(m => m.later)
  const rows = Object.entries(others).map(([name, rounds]) => [
    name,
    withSpread(first(rounds)),
    withSpread(ratios(first(ours), first(rounds))),
    withSpread(later(rounds)),
    withSpread(ratios(later(ours), later(rounds))),
  ])
  const best = (of: typeof first) =>
    median(
      ratios(
        of(ours),
        Object.values(others).reduce<number[]>((b, r) => (median(of(r)) > median(b) ? of(r) : b), [0]),
      ),
    )
  const kilobytes = (1000 * record.megabytes) / record.pictures
  const { length: rounds } = ours
  return `## Data

Pictures a second from ${record.pictures.toLocaleString('en')} JPEG files of 500 × 375 px (${kilobytes.toFixed(0)} kB each) to batches of ${record.batch} squares of ${record.size} px in uint8, ${rounds === 1 ? '1 round' : `${rounds} rounds`}. *First*: from a folder never seen before, which Lacuna decodes into its store (Lanczos), torchvision's ImageFolder and DataLoader (bilinear, its default) once through. *Later*: batches in random order after that, which Lacuna copies out of the store and torchvision decodes again.

${table(['', 'first', 'ratio', 'later', 'ratio'], [['Lacuna', withSpread(first(ours)), '', withSpread(later(ours)), ''], ...rows])}${rows.length > 0 ? `\n\nAgainst the fastest of these: ${best(first).toFixed(2)} times as fast at first, ${best(later).toFixed(0)} times later.` : ''}${problemList(record.problems)}`
}
