import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readdirSync, readSync, type Stats, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { constants, gunzip, gunzipSync } from 'node:zlib'
import { errorCode, LacunaError } from '../errors.js'
import { regularFile } from '../files.js'
import type { Item, Listing, Source, Split } from './types.js'
import { reasonOf } from './walk.js'

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
    const { size, mtimeMs } = regular(file)
    hash.update(`${basename(file)}\n${size} ${mtimeMs}\n`)
  }
  return { path, fingerprint: hash.digest('hex'), defaultChannels: 1, notes: [], list: () => list(parts) }
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

function regular(path: string): Stats {
  try {
    return regularFile(path)
  } catch (error) {
    throw new LacunaError(`${path}: ${reasonOf(error)}; expected an IDX file`)
  }
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
  const items = Array.from({ length: count }, (_, index): Item => {
    const name = split === undefined ? `${index}` : `${split}/${index}`
    return { name, label: classes?.values[index]?.toString(), group: name, split }
  })
  return { items, values, shape: { width, height } }
}

/** An IDX file of bytes: the length of every dimension, and the values. */
async function readIdx(path: string, expected: number): Promise<{ lengths: number[]; values: Uint8Array }> {
  const { size: packed } = regular(path)
  const head = headOf(path)
  const found = head && head.length >= 4 ? head.readUInt32BE(0) : undefined
  if (head !== undefined && found !== expected)
    throw new LacunaError(
      `${path}: not the IDX file it should be: it begins with ${hex(found)}, expected ${hex(expected)}; copy it again`,
    )
  const dimensions = expected & 0xff
  const header = 4 + 4 * dimensions
  if (head !== undefined && head.length < header)
    throw damaged(path, `its header has ${head.length} of ${header} bytes`)
  const lengths = Array.from({ length: dimensions }, (_, i) => head?.readUInt32BE(4 + 4 * i) ?? 0)
  const size = header + lengths.reduce((product, length) => product * length, 1)
  const values = `${lengths.join(' × ')} values need ${size} bytes`
  // Before anything is unpacked or allocated: a header can promise what no memory holds. Nothing shrinks by more than 1032.
  if (head !== undefined && size > (isPacked(path) ? 1032 * packed : packed))
    throw damaged(path, `${values}, it has ${isPacked(path) ? `${packed}, packed` : packed}`)
  if (head !== undefined && lengths.includes(0))
    throw new LacunaError(`${path}: holds no values: its header says ${lengths.join(' × ')}; copy it again`)
  const bytes = await readUnpacked(path, size)
  if (bytes.length !== size) throw damaged(path, `${values}, it has ${bytes.length}`)
  return { lengths, values: bytes.subarray(header) }
}

const damaged = (path: string, what: string) => new LacunaError(`${path}: damaged: ${what}; copy it again`)

/** @param most bytes that are expected, unpacked */
async function readUnpacked(path: string, most: number): Promise<Buffer> {
  const bytes = await readFile(path)
  if (!isGzip(bytes)) return bytes
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: Math.max(most, 1) })
  } catch (error) {
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') throw damaged(path, `unpacked it has more than ${most} bytes`)
    throw new LacunaError(`${path}: the gzip file is damaged or not whole; copy it again`)
  }
}

/** The first bytes of a file, unpacked when it is gzipped; undefined when it cannot be unpacked. */
function headOf(path: string): Buffer | undefined {
  const start = Buffer.alloc(4096)
  const file = openSync(path, 'r')
  const head = start.subarray(0, readSync(file, start))
  closeSync(file)
  try {
    return isGzip(head) ? gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH }) : head
  } catch {
    return undefined
  }
}

function isPacked(path: string): boolean {
  const start = Buffer.alloc(2)
  const file = openSync(path, 'r')
  readSync(file, start)
  closeSync(file)
  return isGzip(start)
}

function magicOf(path: string): number | undefined {
  const head = headOf(path)
  return head && head.length >= 4 ? head.readUInt32BE(0) : undefined
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

function hex(value: number | undefined): string {
  return value === undefined ? 'nothing' : `0x${value.toString(16).padStart(8, '0')}`
}
