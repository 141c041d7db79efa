import { problemList, table, withSpread } from './page-table.js'
import type { RecordingsRecord } from './records.js'
import { ratios } from './statistics.js'

/** Hours of sound a minute, ours and Python's, one table a format. */
export const recordingsSection = (records: readonly RecordingsRecord[]): string => `## Recordings

Hours of sound that a process decodes in a minute, from files that it has never seen to one channel of int16 at 16,000 numbers a second on disk. Lacuna decodes with as many threads as there are cores, and with one; soundfile reads the same files, and torchaudio or soxr, as in librosa, brings them to the rate. Files come from the memory of the operating system. Ratios above 1 say how many times Lacuna is faster.

${records.map(formatSection).join('\n\n')}`

function formatSection({ format, files, megabytes, results, problems }: RecordingsRecord): string {
  const { Lacuna: ours = [], ...others } = results
  const own = ours.map(({ hoursPerMinute }) => hoursPerMinute)
  const rows = Object.entries({ Lacuna: ours, ...others }).map(([name, rounds]) => {
    const speeds = rounds.map(({ hoursPerMinute }) => hoursPerMinute)
    const ratio = name === 'Lacuna' ? '' : withSpread(ratios(own, speeds))
    return [name, withSpread(speeds), ratio, withSpread(rounds.map(one => one.megabytes))]
  })
  const hours = ours[0]?.hours ?? 0
  return `### ${format}

${files.toLocaleString('en')} files, ${hours.toFixed(1)} hours, ${megabytes.toFixed(0)} MB; ${ours.length} ${ours.length === 1 ? 'round' : 'rounds'}.

${table(['', 'hours a minute', 'ratio', 'memory, MB'], rows)}${problemList(problems)}`
}
