/**
 * One process of the benchmark: a folder of recordings decoded into a new store.
 * Prints one line of JSON, a `RecordingsMeasurement`, as `peers/recordings.py` does.
 *
 * usage: node run-recordings.js FOLDER [THREADS]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openRecordings } from 'lacuna'
import { peakMegabytes } from './peak.js'
import type { RecordingsMeasurement } from './records.js'

const [folder = '', threads] = process.argv.slice(2)
const cache = mkdtempSync(join(tmpdir(), 'lacuna-bench-'))
try {
  const start = performance.now()
  const workers = threads === undefined ? undefined : Number(threads)
  const recordings = await openRecordings(folder, { cache, workers, allowSkipped: 0.1 })
  const minutes = (performance.now() - start) / 60_000
  const hours = recordings.items.reduce((sum, _, i) => sum + recordings.lengthOf('audio', i), 0) / 16_000 / 3600
  recordings.close()
  const megabytes = peakMegabytes()
  console.log(JSON.stringify({ hours, hoursPerMinute: hours / minutes, megabytes } satisfies RecordingsMeasurement))
} finally {
  rmSync(cache, { recursive: true, force: true })
}
