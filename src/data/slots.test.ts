import * as fs from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { slotFile, writeSlot } from './slots.js'
import { temporaryFolder } from './testing.js'

vi.mock('node:fs', async original => {
  const real = await original<typeof fs>()
  return { ...real, writeSync: vi.fn(real.writeSync) }
})

function slotsOf(bytes: number) {
  const path = join(temporaryFolder(), 'slots')
  const made = slotFile(path, bytes)
  onTestFinished(() => made.close())
  return { ...made, path }
}

test('what is written to a slot is read there, and nowhere else', () => {
  const { descriptor, acquire, read } = slotsOf(3)
  const slots = [acquire() ?? -1, acquire() ?? -1, acquire() ?? -1]
  expect(new Set(slots).size).toBe(3)
  for (const slot of slots) writeSlot(descriptor, slot, Uint8Array.of(slot, 10 + slot, 20 + slot))
  for (const slot of [...slots].reverse()) expect([...read(slot)]).toEqual([slot, 10 + slot, 20 + slot])
})

test('a slot belongs to one until it is read or released, and then to the next', () => {
  const { acquire, read, release, path } = slotsOf(100)
  const [first = -1, second = -1] = [acquire(), acquire()]
  expect(acquire()).not.toBe(first)
  read(second)
  expect(acquire()).toBe(second)
  release(first)
  expect(acquire()).toBe(first)
  expect(fs.statSync(path).size).toBe(300)
})

test('a disk that is full has no slot left, and one that has room again has', () => {
  const { descriptor, acquire, read } = slotsOf(4)
  vi.mocked(fs.writeSync).mockImplementationOnce(() => {
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  })
  expect(acquire()).toBeUndefined()
  const slot = acquire() ?? -1
  writeSlot(descriptor, slot, Uint8Array.of(1, 2, 3, 4))
  expect([...read(slot)]).toEqual([1, 2, 3, 4])
})

test('its file is gone when it is closed, and one that is there is not taken', () => {
  const path = join(temporaryFolder(), 'slots')
  const made = slotFile(path, 1)
  expect(() => slotFile(path, 1)).toThrow(`${path}: cannot be written`)
  made.close()
  expect(fs.existsSync(path)).toBe(false)
})
