/**
 * One process of the benchmark: a few steps of a training as users run it, its peak memory and the last step's seconds.
 * Prints one line of JSON.
 *
 * usage: node run-memory.js ENCODER SIZE BATCH STEPS THREADS CHUNK CHECKPOINT
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pretrain } from 'lacuna'
import { noise } from './noise.js'
import { peakMegabytes } from './peak.js'
import { median } from './statistics.js'

const [encoder = 'c4', ...numbers] = process.argv.slice(2)
const [size = 32, batch = 64, steps = 4, threads = 1, chunk = 0, checkpoint = 0] = numbers.map(Number)
const directory = mkdtempSync(join(tmpdir(), 'lacuna-bench-'))
const marks = [0]
try {
  await pretrain('simclr', noise(batch, size), {
    out: join(directory, 'run'),
    encoder,
    batch,
    steps,
    threads,
    products: 'fp32',
    ...(chunk > 0 && { chunk }),
    checkpointActivations: checkpoint === 1,
    onStep: seconds => marks.push(seconds),
  })
  const times = marks.slice(1).map((seconds, i) => seconds - (marks[i] ?? 0))
  const warm = times.length > 1 ? times.slice(1) : times // the first step also waits for memory
  console.log(JSON.stringify({ seconds: median(warm), peakMegabytes: peakMegabytes() }))
} finally {
  rmSync(directory, { recursive: true, force: true })
}
