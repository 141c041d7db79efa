import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { PictureSet } from '../data/index.js'
import { picturesOf } from '../data/memory.js'
import { temporaryFolder } from '../data/testing.js'
import { pretrain } from '../pretrain.js'
import { evaluate } from './index.js'

const SIZE = 16
const COUNT = 40

/** Stripes at any angle, every other picture red, the others green; or both in the same grey. */
function stripes(colours: 1 | 3): PictureSet {
  const values = new Uint8Array(COUNT * SIZE * SIZE * colours)
  for (let i = 0; i < COUNT; i++)
    for (let p = 0; p < SIZE * SIZE; p++) {
      const light = (Math.floor(p / SIZE) * (i % 5) + (p % SIZE) * (i % 7)) % 8 < 4 ? 200 : 40
      for (let c = 0; c < colours; c++)
        values[(i * SIZE * SIZE + p) * colours + c] = colours === 1 || c === i % 2 ? light : 0
    }
  return labelled(picturesOf(values, { size: SIZE, colours }))
}

const labelled = (set: PictureSet): PictureSet => ({
  ...set,
  items: set.items.map(item => ({ ...item, label: Number(item.name) % 2 === 0 ? 'red' : 'green' })),
  classes: ['green', 'red'],
  subset: positions => labelled(set.subset(positions)),
})

test('colours alone stand beside the encoder where there are any', async () => {
  for (const colours of [3, 1] as const) {
    const pictures = stripes(colours)
    const out = join(temporaryFolder(), 'run')
    const options = { encoder: 'c4-half', batch: 8, steps: 1, threads: 1, report: false } as const
    await pretrain('rotation', pictures, { ...options, out })
    const { knns, probe } = await evaluate(out, pictures, { seeds: 1, labels: ['all'] })
    expect(knns.mean.colours).toBe(colours === 3 ? 1 : undefined)
    expect(probe.colours).toBe(colours === 3 ? 1 : undefined)
  }
})
