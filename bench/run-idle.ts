/**
 * How long the program waits for the rest: SimCLR training steps on pictures from a warm store, and the share of a step
 * between the end of one run of the program and the start of the next; medians. Prints one JSON line.
 *
 * usage: node run-idle.js ENCODER SIZE BATCH STEPS THREADS
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPictures, pretrain } from 'lacuna'
import { median } from './statistics.js'

const WARM_UP = 3

const [encoder = 'c4', ...numbers] = process.argv.slice(2)
const [size = 32, batch = 128, count = 10, threads = 1] = numbers.map(Number)
const directory = mkdtempSync(join(tmpdir(), 'lacuna-idle-'))
const pictures = await openPictures('node_modules/emoji-datasource-google/img/google/64', { size })
const marks: { readonly seconds: number; readonly busy: number }[] = []
try {
  await pretrain('simclr', pictures, {
    out: join(directory, 'run'),
    encoder,
    batch,
    steps: count + WARM_UP,
    threads,
    products: 'fp32',
    onStep: (seconds, busy) => marks.push({ seconds, busy }),
  })
  const steps = marks.slice(WARM_UP).map(({ seconds, busy }, i) => {
    const before = marks[WARM_UP - 1 + i] ?? { seconds: 0, busy: 0 }
    const step = 1000 * (seconds - before.seconds)
    return { step, idle: step - 1000 * (busy - before.busy) }
  })
  const [step, idle] = [median(steps.map(s => s.step)), median(steps.map(s => s.idle))]
  console.log(JSON.stringify({ stepMilliseconds: step, idleMilliseconds: idle }))
} finally {
  pictures.close()
  rmSync(directory, { recursive: true, force: true })
}
