import { join } from 'node:path'
import { expect, test } from 'vitest'
import { picturesOf } from '../data/memory.js'
import { memorySet, temporaryFolder } from '../data/testing.js'
import { type OpenedRun, openRun } from '../runs/run.js'
import { pretrain } from '../training/pretrain.js'
import { healthOf, lookThrough, mapOf, neighboursIn } from './look.js'

const pictures = memorySet(100)

async function trained(): Promise<OpenedRun> {
  const out = join(temporaryFolder(), 'run')
  await pretrain('simclr', pictures, { encoder: 'c4-half', batch: 8, steps: 2, threads: 1, out })
  return openRun(out)
}

test('all pictures when there is time, the first 64 of the same when there is none', async () => {
  const run = await trained()
  const [all, few] = [await lookThrough(run, pictures, 60), await lookThrough(run, pictures, 0)]
  expect([all.features.count, few.features.count]).toEqual([100, 64])
  expect(new Set(all.some.items.map(({ name }) => name)).size).toBe(100)
  expect(few.some.items).toEqual(all.some.items.slice(0, 64))
  expect(few.features.values).toEqual(all.features.values.slice(0, few.features.values.length))
})

test('what the page shows of them: names of the pictures themselves', async () => {
  const look = await lookThrough(await trained(), pictures, 0)
  const { gallery, hoods } = await neighboursIn(look)
  expect(gallery.rows.map(row => row.length)).toEqual(Array(8).fill(8))
  expect(gallery.rows[2]?.[3]?.name).toBe(look.some.items[hoods[2]?.near[2] ?? -1]?.name)
  const map = await mapOf(look)
  expect(map.points).toHaveLength(64)
  expect(map.exhibits.length).toBeGreaterThan(4)
  for (const { point, name } of map.exhibits) expect(name).toBe(look.some.items[point]?.name)
  expect(await healthOf(look)).toMatchObject({ pictures: 64, width: look.features.width })
})

test('vectors that are nearly equal: no alarm where the pictures are as alike themselves', async () => {
  const size = 8
  const still = (swing: number) =>
    picturesOf(
      Uint8Array.from({ length: 20 * size * size * 3 }, (_, i) => 100 + swing * Math.sin(i * i)),
      { size, colours: 3 },
    )
  // vectors whose cosines are 0.9996
  const width = 4
  const values = Float32Array.from({ length: 20 * width }, (_, i) => 1 + 0.02 * Math.sin(7 * i * i))
  const features = { values, count: 20, width }
  const [alike, different] = [
    await healthOf({ some: still(1), features }),
    await healthOf({ some: still(90), features }),
  ]
  expect(alike?.alarms).toEqual([])
  expect(alike?.alike).toBeGreaterThan(alike?.cosine ?? 1)
  expect(different?.alarms.join()).toContain('nearly equal')
  expect(different?.alike).toBeLessThan(0.9)
})
