import { problemList, table, withSpread } from './page-table.js'
import type { DataMeasurement, DataRecord } from './records.js'
import { ratios } from './statistics.js'

/** Pictures a second, ours and torchvision's, one table a folder. */
export function dataSection(records: readonly DataRecord[]): string {
  return `## Data

Pictures a second from JPEG files to batches in uint8. *First*: from a folder never seen before, which Lacuna decodes into its store (Lanczos), torchvision's ImageFolder and DataLoader once through. *Later*: batches in random order once through after that, which Lacuna copies out of the store, read into memory meanwhile, and torchvision decodes again. Files come from the memory of the operating system in both. Ratios above 1 say how many times Lacuna is faster.

${records.map(folderSection).join('\n\n')}`
}

function folderSection(record: DataRecord): string {
  const { width, height, pictures, megabytes, size, batch, problems } = record
  const { Lacuna: ours = [], ...others } = record.results
  const row = (name: string, rounds: readonly DataMeasurement[], compared: boolean) => [
    name,
    ...(['first', 'later'] as const).flatMap(pass => {
      const speeds = rounds.map(m => m[pass])
      const own = ours.map(m => m[pass])
      return [withSpread(speeds), compared ? withSpread(ratios(own, speeds)) : '']
    }),
  ]
  const rows = [row('Lacuna', ours, false), ...Object.entries(others).map(([name, rounds]) => row(name, rounds, true))]
  return `### ${pictures.toLocaleString('en')} files of ${width} × ${height} px

${((1000 * megabytes) / pictures).toFixed(0)} kB each, to batches of ${batch} squares of ${size} px; ${ours.length} ${ours.length === 1 ? 'round' : 'rounds'}.

${table(['', 'first', 'ratio', 'later', 'ratio'], rows)}${problemList(problems)}`
}
