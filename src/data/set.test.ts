import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { plainReading } from '../channels/picture-reading.js'
import { openStore } from './open-store.js'
import type { StoreIndex } from './store.js'
import { put, temporaryFolder } from './testing.js'

const pixels = Uint8Array.from({ length: 5 * 12 }, (_, i) => 4 * i)
const index: StoreIndex = {
  source: 'pictures',
  channels: { image: { kind: 'image', size: 2, colours: 3 } },
  fingerprint: '',
  content: 'five',
  skipped: [],
  notes: [],
  listed: [],
  reading: plainReading,
  items: [0, 1, 2, 3, 4].map(i => ({ name: `${i}`, label: i < 2 ? 'b' : 'a', group: `${i}`, split: undefined })),
}

test.each([0, 60])('a store gives the same pictures from disk and from memory (%i bytes held)', heldBytes => {
  const set = openStore(put(temporaryFolder(), { 'image.u8': pixels }), index, { heldBytes })
  expect(set.gather([4, 0, 4]).image).toEqual(
    Uint8Array.of(...pixels.slice(48), ...pixels.slice(0, 12), ...pixels.slice(48)),
  )
  expect(set.subset([3, 1]).gather(Uint32Array.of(1)).image).toEqual(pixels.slice(12, 24))
  expect(set.classes).toEqual(['a', 'b'])
  set.close()
  expect(() => set.gather([0])).toThrow('the set is closed')
})

test('a store cut short while it is open is an error that says so', () => {
  const directory = put(temporaryFolder(), { 'image.u8': pixels })
  const set = openStore(directory, index, { heldBytes: 0 })
  truncateSync(join(directory, 'image.u8'), 50)
  expect(set.gather([3]).image).toEqual(pixels.slice(36, 48))
  expect(() => set.gather([4])).toThrow('it ends too early; remove the store')
  set.close()
})
