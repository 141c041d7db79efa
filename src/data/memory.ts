import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { ChannelOf, Reads } from '../channels/channel.js'
import { plainReading } from '../channels/picture-reading.js'
import { LacunaError, parsedBy } from '../errors.js'
import { memoryColumn } from './columns.js'
import { type Contents, setOf } from './set.js'
import { contentOf } from './store.js'
import type { Item, PictureSet, SampleSet } from './types.js'

export interface MadePictures {
  /** Pictures are size × size. */
  readonly size: number
  readonly colours: 1 | 3
  /** What is known of each; numbers for names unless told */
  readonly items?: readonly Item[]
}

/**
 * Pictures that lie in memory and in no store.
 * @param pixels uint8 [N, size, size, colours]
 * @throws LacunaError (wrong usage) where that is not a whole number of pictures, or there are not as many items
 */
export function picturesOf(pixels: Uint8Array, made: MadePictures): PictureSet {
  const { size, colours, items } = checked(pixels, made)
  const stride = size * size * colours
  const count = pixels.length / stride
  if (!Number.isInteger(count))
    throw new LacunaError(
      `picturesOf: ${pixels.length} values are no whole number of pictures of ${size} × ${size} × ${colours}`,
      2,
    )
  if (items !== undefined && items.length !== count)
    throw new LacunaError(`picturesOf: ${items.length} items for ${count} pictures`, 2)
  const channel: ChannelOf<'image'> = { kind: 'image', size, colours }
  const records = Array.from({ length: count }, (_, i) => pixels.subarray(i * stride, (i + 1) * stride))
  return setInMemory(
    { image: memoryColumn(channel, records) },
    items ?? numbered(count),
    createHash('sha256').update(pixels).digest('hex'),
  )
}

const madeSchema = z.strictObject({
  size: z.int().positive(),
  colours: z.union([z.literal(1), z.literal(3)]),
  items: z.array(z.unknown()).optional(),
})

function checked(pixels: Uint8Array, made: MadePictures): MadePictures {
  if (!(pixels instanceof Uint8Array))
    throw new LacunaError('picturesOf: a Uint8Array is expected first, [N, size, size, colours] of 0 … 255', 2)
  const { problem } = parsedBy(madeSchema, made)
  if (problem !== undefined)
    throw new LacunaError(`picturesOf: ${problem}; such as picturesOf(pixels, { size: 32, colours: 3 })`, 2)
  return made
}

/** Items that are called `0`, `1`, … */
export const numbered = (count: number): Item[] =>
  Array.from({ length: count }, (_, i) => ({ name: `${i}`, label: undefined, group: `${i}`, split: undefined }))

/** Columns as a set. */
export const setInMemory = <R extends Reads>(
  columns: Contents['columns'],
  items: readonly Item[],
  digest = '',
): SampleSet<R> =>
  setOf({
    columns,
    items,
    skipped: [],
    notes: [],
    reading: plainReading,
    source: 'memory',
    directory: '',
    fingerprint: contentOf(
      Object.fromEntries(Object.entries(columns).map(([name, { channel }]) => [name, { channel, digest }])),
      items,
    ),
  })
