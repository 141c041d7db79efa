import * as fs from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { openPictures } from './open.js'
import { plain, put, temporaryFolder } from './testing.js'

vi.mock('node:fs', async original => {
  const real = await original<typeof fs>()
  return { ...real, writeSync: vi.fn(real.writeSync), statfsSync: vi.fn(real.statfsSync) }
})

test('a disk that is full is said so, and nothing is left on it', async () => {
  const root = put(temporaryFolder(), { '1.png': await plain([1]) })
  const cache = join(root, 'cache')
  vi.mocked(fs.writeSync).mockImplementationOnce(() => {
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  })
  await expect(openPictures(root, { size: 2, cache })).rejects.toThrow(/the disk is full; free some space/)
  expect(fs.readdirSync(cache)).toEqual([])
})

test('a disk that is too small is known before decoding', async () => {
  const root = put(temporaryFolder(), { '1.png': await plain([1]) })
  const cache = join(root, 'cache')
  vi.mocked(fs.statfsSync).mockReturnValueOnce({ ...fs.statfsSync(root), bavail: 0 })
  await expect(openPictures(root, { size: 1000, cache })).rejects.toThrow('needs 3.0 MB, only 0.0 MB are free')
  expect(fs.readdirSync(cache)).toEqual([])
})
