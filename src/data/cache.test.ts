import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clearCache, listCache } from './cache.js'
import { openPictures } from './open.js'
import { plain, put, temporaryFolder } from './testing.js'

const [black, white] = [await plain([0]), await plain([255])]

async function two() {
  const root = temporaryFolder()
  const cache = join(root, 'cache')
  put(root, { 'a/1.png': black, 'a/2.png': white, 'b/1.png': black })
  const a = await openPictures(join(root, 'a'), { size: 4, cache })
  const b = await openPictures(join(root, 'b'), { size: 8, cache })
  return { root, cache, a, b }
}

const old = (directory: string) => {
  for (const name of readdirSync(directory)) utimesSync(join(directory, name), 1, 1)
  utimesSync(directory, 1, 1)
}

test('stores are listed with what they hold', async () => {
  const { root, cache, a, b } = await two()
  b.close()
  const stores = listCache(cache)
  const store = stores.find(({ directory }) => directory === a.directory)
  expect(stores.length).toBe(2)
  expect(store).toMatchObject({
    source: join(root, 'a'),
    channels: { image: { kind: 'image', size: 4, colours: 3 } },
    records: 2,
    state: 'ready',
    inUse: true,
  })
  expect(store?.bytes).toBeGreaterThan(2 * 48)
  expect(stores.find(({ directory }) => directory === b.directory)?.inUse).toBe(false)
  expect(listCache(join(root, 'nowhere'))).toEqual([])
})

test('what is open stays, the rest goes; a set that stays can be read', async () => {
  const { cache, a, b } = await two()
  b.close()
  expect(clearCache({ cache })).toMatchObject({
    removed: [{ directory: b.directory }],
    kept: [{ directory: a.directory }],
  })
  expect(readdirSync(cache)).toEqual([a.directory.split('/').at(-1)])
  expect(a.gather([1]).image[0]).toBe(255)
  a.close()
  expect(clearCache({ cache }).removed.length).toBe(1)
  expect(readdirSync(cache)).toEqual([])
})

test('a process that was killed holds nothing', async () => {
  const { cache, a, b } = await two()
  a.close()
  b.close()
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  writeFileSync(join(a.directory, `open-by-${pid}-0`), 'here')
  expect(clearCache({ cache }).removed.length).toBe(2)
})

test('by age, and by source', async () => {
  const { root, cache, a, b } = await two()
  a.close()
  b.close()
  old(a.directory)
  expect(clearCache({ cache, path: root, olderThan: 86_400_000 }).removed.map(({ source }) => source)).toEqual([
    join(root, 'a'),
  ])
  expect(clearCache({ cache, path: join(root, 'c') }).removed).toEqual([])
  expect(clearCache({ cache, path: join(root, 'b') }).removed.length).toBe(1)
})

test('left-overs and other versions are cleared, what is not of a store never', async () => {
  const { cache, a, b } = await two()
  a.close()
  b.close()
  const index = join(a.directory, 'index.json')
  writeFileSync(index, readFileSync(index, 'utf8').replace(/"version":\d+/, '"version":1'))
  put(cache, {
    '0123456789abcdef.part-AbCdEf/image.u8': 'half',
    '0123456789abcdef.part-GhIjKl/image.u8': 'half',
    'fedcba9876543210/index.json': '{}',
    'fedcba9876543210/holiday.jpg': 'mine',
    'photos/image.u8': 'mine',
    'note.txt': 'mine',
  })
  old(join(cache, '0123456789abcdef.part-AbCdEf'))
  expect(
    listCache(cache)
      .map(({ state, inUse }) => `${state} ${inUse}`)
      .sort(),
  ).toEqual(['other version false', 'ready false', 'unfinished false', 'unfinished true'])
  expect(clearCache({ cache })).toMatchObject({ removed: { length: 3 }, kept: { length: 1 } })
  for (const name of [
    'fedcba9876543210/holiday.jpg',
    'photos/image.u8',
    'note.txt',
    '0123456789abcdef.part-GhIjKl/image.u8',
  ])
    expect(existsSync(join(cache, name))).toBe(true)
})
