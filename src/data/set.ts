import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { LacunaError, messageOf } from '../errors.js'
import { markUse } from './cache-use.js'
import { pixelsPath, type StoreIndex } from './store.js'
import type { PictureSet } from './types.js'

/**
 * The store in `directory`, opened.
 *
 * @param allowSkipped as it was opened with
 * @param heldBytes up to this size all pixels are held in memory from the first read on; above, every picture is read
 *   from disk when it is asked for
 */
export function openSet(
  directory: string,
  index: StoreIndex,
  { allowSkipped, heldBytes = 256 * 2 ** 20 }: { readonly allowSkipped?: number; readonly heldBytes?: number } = {},
): PictureSet {
  const release = markUse(directory)
  const { size, channels, items, skipped, source, content, listed, reading } = index
  const notes = [...listed, ...index.notes]
  const pixels = openPixels(
    pixelsPath(directory),
    size * size * channels,
    items.length * size * size * channels <= heldBytes,
  )
  const labels = items.map(({ label }) => label).filter(label => label !== undefined)
  const classes = [...new Set(labels)].sort()

  /** @param rows of the set in the store */
  const over = (rows: Uint32Array, close: () => void, fingerprint: string): PictureSet => ({
    size,
    channels,
    skipped,
    allowSkipped,
    notes,
    reading,
    classes,
    directory,
    source,
    fingerprint,
    items: Array.from(rows, row => items[row]).filter(item => item !== undefined),
    gather(positions, out = new Uint8Array(positions.length * pixels.stride)) {
      if (out.length !== positions.length * pixels.stride)
        throw new RangeError(
          `gather: out has ${out.length} bytes, expected [${positions.length}, ${size}, ${size}, ${channels}]`,
        )
      const chosen = pick(rows, positions)
      chosen.forEach((row, i) => {
        pixels.read(row, out, i * pixels.stride)
      })
      return out
    },
    subset: positions => {
      const chosen = pick(rows, positions)
      const own = createHash('sha256').update(content).update(chosen).digest('hex')
      return over(chosen, () => undefined, own)
    },
    close,
  })
  const close = () => {
    release()
    pixels.close()
  }
  return over(Uint32Array.from(items.keys()), close, content)
}

function pick(rows: Uint32Array, positions: ArrayLike<number>): Uint32Array {
  return Uint32Array.from(positions, position => {
    const row = rows[position]
    if (row === undefined) throw new RangeError(`position ${position} is outside of a set of ${rows.length} pictures`)
    return row
  })
}

interface Pixels {
  /** Bytes of one picture. */
  readonly stride: number
  read(row: number, out: Uint8Array, offset: number): void
  close(): void
}

function openPixels(path: string, stride: number, hold: boolean): Pixels {
  let file: number | undefined = openSync(path, 'r')
  let held: Buffer | undefined
  const readable = () => {
    if (file === undefined) throw new LacunaError(`${path}: the set of pictures is closed`)
    return file
  }
  return {
    stride,
    read(row, out, offset) {
      const from = readable()
      if (hold) {
        held ??= readFileSync(from)
        out.set(held.subarray(row * stride, (row + 1) * stride), offset)
      } else readWhole(from, path, out.subarray(offset, offset + stride), row * stride)
    },
    close() {
      if (file !== undefined) closeSync(file)
      file = undefined
      held = undefined
    },
  }
}

function readWhole(file: number, path: string, out: Uint8Array, position: number): void {
  try {
    for (let done = 0; done < out.length; ) {
      const count = readSync(file, out, done, out.length - done, position + done)
      if (count === 0) throw new Error('it ends too early')
      done += count
    }
  } catch (error) {
    throw new LacunaError(`${path}: cannot be read: ${messageOf(error)}; remove the store, it will be built again`)
  }
}
