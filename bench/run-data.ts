/**
 * One process of the benchmark: a folder of pictures decoded into a new store, then batches from it in random order.
 * Prints one line of JSON, a `DataMeasurement`, as `peers/torch_data.py` does.
 *
 * usage: node run-data.js FOLDER SIZE BATCH PASSES
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPictures } from 'lacuna'
import { batchPositions } from '#lacuna/data/shuffle.js'
import type { DataMeasurement } from './records.js'
import { median } from './statistics.js'

const [folder = '', ...numbers] = process.argv.slice(2)
const [size = 96, batch = 64, passes = 5] = numbers.map(Number)
const cache = mkdtempSync(join(tmpdir(), 'lacuna-bench-'))
try {
  const start = performance.now()
  const pictures = await openPictures(folder, { size, cache })
  const first = perSecond(pictures.items.length, start)
  const steps = Math.floor(pictures.items.length / batch)
  const later = Array.from({ length: passes }, (_, pass) => {
    const begun = performance.now()
    for (let step = 0; step < steps; step++)
      pictures.gather(batchPositions(pictures.items.length, batch, 0, pass * steps + step)).image
    return perSecond(steps * batch, begun)
  })
  pictures.close()
  console.log(JSON.stringify({ first, later: median(later) } satisfies DataMeasurement))
} finally {
  rmSync(cache, { recursive: true, force: true })
}

function perSecond(count: number, since: number): number {
  return (1000 * count) / (performance.now() - since)
}
