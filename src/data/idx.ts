import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { constants, gunzip, gunzipSync } from 'node:zlib'
import { LacunaError } from '../errors.js'
import type { Listing, PictureItem, Source, Split } from './types.js'

const imagesName = /^(train|t10k|test)[-.]images[-.]idx3[-.]ubyte(\.gz)?$/
const magic = { images: 0x803, labels: 0x801 }

/** A file of pictures and, where there is one, the file of their labels. */
interface Part {
  readonly split: Split | undefined
  readonly images: string
  readonly labels: string | undefined
}

/**
 * Pictures in the IDX format of MNIST and its family: a folder with `train-images-idx3-ubyte`, `t10k-images-…` and their
 * labels, each perhaps gzipped, or a single such file.
 *
 * @returns undefined when `path` is none of that
 */
export function idxSource(path: string): Source | undefined {
  const parts = statSync(path).isDirectory() ? partsOfFolder(path) : partOfFile(path)
  if (parts.length === 0) return undefined
  const hash = createHash('sha256')
  for (const file of parts.flatMap(({ images, labels }) => (labels ? [images, labels] : [images]))) {
    const { size, mtimeMs } = statSync(file)
    hash.update(`${basename(file)}\n${size} ${mtimeMs}\n`)
  }
  return { path, fingerprint: hash.digest('hex'), defaultChannels: 1, list: () => list(parts) }
}

function partsOfFolder(path: string): Part[] {
  const names = readdirSync(path).filter(name => imagesName.test(name))
  // The same file may lie there packed and unpacked.
  const wanted = names.filter(name => !(name.endsWith('.gz') && names.includes(name.slice(0, -3))))
  return wanted.sort((a, b) => rank(a) - rank(b)).map(name => part(join(path, name)))
}

function partOfFile(path: string): Part[] {
  const found = magicOf(path)
  if (found === magic.labels)
    throw new LacunaError(`${path}: these are labels; give the file of pictures (…images-idx3-ubyte) or their folder`)
  return found === magic.images ? [part(path)] : []
}

function rank(name: string): number {
  return name.startsWith('train') ? 0 : 1
}

function part(images: string): Part {
  const name = basename(images)
  const split = /train/.test(name) ? 'train' : /t10k|test/.test(name) ? 'test' : undefined
  const labels = join(dirname(images), name.replace('images', 'labels').replace('idx3', 'idx1'))
  const candidates = labels === images ? [] : [labels, labels.replace(/\.gz$/, ''), `${labels}.gz`]
  return { split, images, labels: candidates.find(file => existsSync(file)) }
}

async function list(parts: readonly Part[]): Promise<Listing> {
  const loaded = await Promise.all(parts.map(load))
  const places = loaded.flatMap((part, of) => part.items.map((_, index) => ({ of, index })))
  const sides = new Set(loaded.flatMap(({ shape }) => [shape.width, shape.height]))
  const at = (position: number) => {
    const place = places[position]
    const part = loaded[place?.of ?? -1]
    if (!place || !part) throw new RangeError(`no picture ${position}`)
    return { ...part, index: place.index, bytes: part.shape.width * part.shape.height }
  }
  return {
    items: loaded.flatMap(({ items }) => items),
    skipped: [],
    nativeSize: sides.size === 1 ? [...sides][0] : undefined,
    bytes: position => at(position).bytes,
    read: async position => {
      const { values, shape, index, bytes } = at(position)
      return { bytes: values.subarray(index * bytes, (index + 1) * bytes), grey: shape }
    },
  }
}

async function load({ split, images, labels }: Part) {
  const { lengths, values } = await readIdx(images, magic.images)
  const [count = 0, height = 0, width = 0] = lengths
  const classes = labels === undefined ? undefined : await readIdx(labels, magic.labels)
  if (labels && classes && classes.lengths[0] !== count)
    throw new LacunaError(`${images}: ${count} pictures, but ${classes.lengths[0]} labels in ${basename(labels)}`)
  const items = Array.from({ length: count }, (_, index): PictureItem => {
    const name = split === undefined ? `${index}` : `${split}/${index}`
    return { name, label: classes?.values[index]?.toString(), group: name, split }
  })
  return { items, values, shape: { width, height } }
}

/** An IDX file of bytes: the length of every dimension, and the values. */
async function readIdx(path: string, expected: number): Promise<{ lengths: number[]; values: Uint8Array }> {
  const bytes = await readUnpacked(path)
  const found = bytes.length < 4 ? undefined : bytes.readUInt32BE(0)
  if (found !== expected)
    throw new LacunaError(
      `${path}: not the IDX file it should be: it begins with ${hex(found)}, expected ${hex(expected)}; copy it again`,
    )
  const dimensions = expected & 0xff
  const header = 4 + 4 * dimensions
  const lengths = Array.from({ length: dimensions }, (_, i) =>
    bytes.length < header ? Number.NaN : bytes.readUInt32BE(4 + 4 * i),
  )
  const size = header + lengths.reduce((product, length) => product * length, 1)
  if (bytes.length !== size)
    throw new LacunaError(
      `${path}: damaged: ${lengths.join(' × ')} values need ${size} bytes, it has ${bytes.length}; copy it again`,
    )
  return { lengths, values: bytes.subarray(header) }
}

async function readUnpacked(path: string): Promise<Buffer> {
  const bytes = await readFile(path)
  if (!isGzip(bytes)) return bytes
  try {
    return await promisify(gunzip)(bytes)
  } catch {
    throw new LacunaError(`${path}: the gzip file is damaged or not whole; copy it again`)
  }
}

/** The first four bytes of a file, unpacked when it is gzipped; undefined when it has fewer or cannot be unpacked. */
function magicOf(path: string): number | undefined {
  const start = Buffer.alloc(4096)
  const file = openSync(path, 'r')
  let head = start.subarray(0, readSync(file, start))
  closeSync(file)
  try {
    if (isGzip(head)) head = gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH })
  } catch {
    return undefined
  }
  return head.length < 4 ? undefined : head.readUInt32BE(0)
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

function hex(value: number | undefined): string {
  return value === undefined ? 'nothing' : `0x${value.toString(16).padStart(8, '0')}`
}
