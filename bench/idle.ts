/**
 * How long the program waits for the rest: SimCLR training steps on pictures from a warm store, and the share of a step
 * between the end of one run of the program and the start of the next; medians. Prints one JSON line.
 *
 * usage: node idle.js ENCODER BATCH SIZE STEPS [FOLDER]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPictures, pretrain } from 'lacuna'

const WARM_UP = 3

const [encoder = 'c4', batch = '128', size = '32', count = '10', folder] = process.argv.slice(2)
const directory = mkdtempSync(join(tmpdir(), 'lacuna-idle-'))
const pictures = await openPictures(folder ?? 'node_modules/emoji-datasource-google/img/google/64', {
  size: Number(size),
})
const marks: { readonly seconds: number; readonly busy: number }[] = []
try {
  await pretrain('simclr', pictures, {
    out: join(directory, 'run'),
    encoder,
    batch: Number(batch),
    steps: Number(count) + WARM_UP,
    onStep: (seconds, busy) => marks.push({ seconds, busy }),
  })
  const steps = marks.slice(WARM_UP).map(({ seconds, busy }, i) => {
    const before = marks[WARM_UP - 1 + i] ?? { seconds: 0, busy: 0 }
    const step = 1000 * (seconds - before.seconds)
    return { step, idle: step - 1000 * (busy - before.busy) }
  })
  const [step, idle] = [median(steps.map(s => s.step)), median(steps.map(s => s.idle))]
  console.log(
    JSON.stringify({
      encoder,
      batch: Number(batch),
      size: Number(size),
      steps: steps.length,
      step_ms: Number(step.toFixed(3)),
      idle_ms: Number(idle.toFixed(3)),
      idle_share: Number((idle / step).toFixed(5)),
    }),
  )
} finally {
  pictures.close()
  rmSync(directory, { recursive: true, force: true })
}

function median(list: readonly number[]): number {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN
}
