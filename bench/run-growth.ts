/**
 * One process of the benchmark: a long training of a small network, and the resident memory of the process on the way.
 * Prints one line of JSON.
 *
 * usage: node run-growth.js ENCODER SIZE BATCH STEPS THREADS
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pretrain } from 'lacuna'
import { noise } from './noise.js'

const [encoder = 'c4-half', ...numbers] = process.argv.slice(2)
const [size = 16, batch = 8, steps = 40_000, threads = 1] = numbers.map(Number)
const looks = new Set([1 / 16, 1 / 8, 1 / 4, 1 / 2, 1].map(share => Math.round(share * steps)))
const directory = mkdtempSync(join(tmpdir(), 'lacuna-bench-'))
const points: { step: number; megabytes: number }[] = []
let step = 0
let total = 0
try {
  await pretrain('simclr', noise(64, size), {
    out: join(directory, 'run'),
    encoder,
    batch,
    steps,
    threads,
    products: 'fp32',
    onStep: seconds => {
      total = seconds
      step++
      if (looks.has(step)) points.push({ step, megabytes: process.memoryUsage.rss() / 2 ** 20 })
    },
  })
  console.log(JSON.stringify({ points, seconds: total }))
} finally {
  rmSync(directory, { recursive: true, force: true })
}
