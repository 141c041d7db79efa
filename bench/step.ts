/**
 * One process of the benchmark: SimCLR training steps as a user gets them, from uint8 pictures through augmentation,
 * forward, loss, backward and AdamW. Prints one JSON line, as `peers/torch_step.py` does.
 *
 * usage: node step.js ENCODER BATCH SIZE STEPS
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PictureSet, pretrain } from 'lacuna'

const encoders: Readonly<Record<string, string>> = {
  vit: 'vit:dim=192,depth=6,heads=3,patch=4,class=false',
  resnet18: 'resnet18-small',
  c4: 'c4',
}
const WARM_UP = 2

const [name = 'vit', batch = 32, size = 32, steps = 8] = process.argv
  .slice(2)
  .map((text, i) => (i === 0 ? text : Number(text))) as [string?, number?, number?, number?]
const directory = mkdtempSync(join(tmpdir(), 'lacuna-bench-'))
const times: number[] = []
let before = 0
try {
  await pretrain('simclr', noise(2 * batch, size), {
    out: join(directory, 'run'),
    encoder: encoders[name] ?? name,
    batch,
    steps: steps + WARM_UP,
    onStep: seconds => {
      times.push(seconds - before)
      before = seconds
    },
  })
  const sorted = times.slice(WARM_UP).sort((a, b) => a - b)
  const seconds = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const peakMb = Math.round(process.resourceUsage().maxRSS / 1024)
  console.log(
    JSON.stringify({ encoder: name, batch, size, seconds, views_per_second: (2 * batch) / seconds, peak_mb: peakMb }),
  )
} finally {
  rmSync(directory, { recursive: true, force: true })
}

/** Pictures that are random numbers, in memory. */
function noise(count: number, side: number): PictureSet {
  const stride = side * side * 3
  const data = Uint8Array.from({ length: count * stride }, () => 256 * Math.random())
  const items = Array.from({ length: count }, (_, i) => ({
    name: `${i}`,
    label: undefined,
    group: `${i}`,
    split: undefined,
  }))
  const set: PictureSet = {
    size: side,
    channels: 3,
    items,
    skipped: [],
    classes: [],
    source: 'noise',
    directory: '',
    gather(positions, out = new Uint8Array(positions.length * stride)) {
      for (const [i, position] of Array.from(positions).entries())
        out.set(data.subarray(position * stride, (position + 1) * stride), i * stride)
      return out
    },
    subset: () => set,
    close: () => undefined,
  }
  return set
}
