import * as fs from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { desk, layDown } from './desk.js'
import { temporaryFolder } from './testing.js'

vi.mock('node:fs', async original => {
  const real = await original<typeof fs>()
  return { ...real, writeSync: vi.fn(real.writeSync) }
})

function deskOf(bytes: number) {
  const path = join(temporaryFolder(), 'desk')
  const made = desk(path, bytes)
  onTestFinished(() => made.close())
  return { ...made, path }
}

test('what is laid down at a place is read there, and nowhere else', () => {
  const { file, take, read } = deskOf(3)
  const places = [take() ?? -1, take() ?? -1, take() ?? -1]
  expect(new Set(places).size).toBe(3)
  for (const place of places) layDown(file, place, Uint8Array.of(place, 10 + place, 20 + place))
  for (const place of [...places].reverse()) expect([...read(place)]).toEqual([place, 10 + place, 20 + place])
})

test('a place belongs to one until it is read or given back, and then to the next', () => {
  const { take, read, free, path } = deskOf(100)
  const [first = -1, second = -1] = [take(), take()]
  expect(take()).not.toBe(first)
  read(second)
  expect(take()).toBe(second)
  free(first)
  expect(take()).toBe(first)
  expect(fs.statSync(path).size).toBe(300)
})

test('a disk that is full has no place left, and one that has room again has', () => {
  const { file, take, read } = deskOf(4)
  vi.mocked(fs.writeSync).mockImplementationOnce(() => {
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  })
  expect(take()).toBeUndefined()
  const place = take() ?? -1
  layDown(file, place, Uint8Array.of(1, 2, 3, 4))
  expect([...read(place)]).toEqual([1, 2, 3, 4])
})

test('its file is gone when it is closed, and one that is there is not taken', () => {
  const path = join(temporaryFolder(), 'desk')
  const made = desk(path, 1)
  expect(() => desk(path, 1)).toThrow(`${path}: cannot be written`)
  made.close()
  expect(fs.existsSync(path)).toBe(false)
})
