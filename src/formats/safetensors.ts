import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { LacunaError } from '../errors.js'
import { readError, writeFileAtomic } from '../files.js'
import { checkLayout, cutShort, damaged, type Header, notSafetensors, parseHeader } from './safetensors-header.js'
import { elementCount, elementFormats, type StoredTensor, writtenAs } from './stored-tensor.js'

export interface Safetensors {
  readonly tensors: Map<string, StoredTensor>
  readonly metadata: Record<string, string>
}

export interface WriteOptions {
  /** Keeps a SHA-256 of all data in the header, which is compared when the file is read */
  readonly checksum?: boolean
  /** Where the file that is replaced goes; nowhere unless told */
  readonly previous?: string
}

/** Of the data that follows the header, in hexadecimal digits */
const checksumKey = 'lacuna.sha256'

/** Bytes that are read piece by piece, wherever they lie. */
export interface Source {
  /** For messages, such as a path */
  readonly name: string
  /** In bytes */
  readonly size: number
  /** Fills `into` from place `filled` on with what lies at a position. @returns the number of bytes, 0 at the end */
  read(into: Uint8Array, filled: number, position: number): number
  close(): void
}

/** What the reference implementation accepts. */
const longestHeader = 100_000_000
/** One system call reads at most 2 GiB. */
const longestRead = 2 ** 30

const layoutOrder = Object.keys(elementFormats)

/**
 * Writes tensors as one safetensors file, byte for byte as the reference implementation lays it out: widest element
 * type first, then by name, without gaps, the header padded with spaces so that the data starts at a multiple of 8.
 *
 * @throws LacunaError when a tensor's shape, element type and data disagree, or the file cannot be written
 */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
  { checksum = false, previous }: WriteOptions = {},
): void {
  writeFileAtomic(path, safetensorsParts(path, tensors, metadata, checksum), previous)
}

/** The same file as parts to be written one after the other; the data is not copied. */
export function safetensorsParts(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>>,
  checksum: boolean,
): Uint8Array[] {
  const laidOut = [...tensors].sort(([a, left], [b, right]) => rank(left) - rank(right) || compareNames(a, b))
  const described = checksum ? { ...metadata, [checksumKey]: digestOf(laidOut.map(([, { data }]) => data)) } : metadata
  const entries = Object.keys(described).length > 0 ? [jsonEntry('__metadata__', described)] : []
  let end = 0
  for (const [name, tensor] of laidOut) {
    checkTensor(path, name, tensor)
    const begin = end
    end += tensor.data.byteLength
    entries.push(jsonEntry(name, { dtype: writtenAs[tensor.dtype], shape: tensor.shape, data_offsets: [begin, end] }))
  }
  const json = Buffer.from(`{${entries.join(',')}}`)
  const header = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, ' ')
  header.writeBigUInt64LE(BigInt(header.length - 8))
  json.copy(header, 8)
  return [header, ...laidOut.map(([, { data }]) => bytesOf(data))]
}

/**
 * Reads a safetensors file. F16 and BF16 are widened to float32.
 *
 * @throws LacunaError when the file is missing, cut short, its header does not describe its bytes, or its checksum is another
 */
export function readSafetensors(from: string | Source): Safetensors {
  const source = typeof from === 'string' ? openFile(from) : from
  try {
    const { name: path, size } = source
    const { header, dataStart } = readHeader(source)
    checkLayout(path, header.places, dataStart, size)
    const tensors = new Map<string, StoredTensor>()
    const digest = createHash('sha256')
    const expected = header.metadata[checksumKey]
    for (const { name, format, shape, begin, end } of header.places) {
      const bytes = readBytes(source, dataStart + begin, end - begin)
      if (expected !== undefined) digest.update(bytes)
      tensors.set(name, { dtype: format.dtype, shape, data: format.read(bytes.buffer) })
    }
    if (expected !== undefined && digest.digest('hex') !== expected)
      throw damaged(path, 'damaged: its data is not what was written (the checksum is another)')
    return { tensors, metadata: header.metadata }
  } finally {
    source.close()
  }
}

function readHeader(source: Source): { header: Header; dataStart: number } {
  const { name, size } = source
  if (size < 8) throw cutShort(name, 8, size)
  const length = new DataView(readBytes(source, 0, 8).buffer).getBigUint64(0, true)
  if (length > longestHeader) throw notSafetensors(name, `its first 8 bytes announce a header of ${length} bytes`)
  const dataStart = 8 + Number(length)
  if (dataStart > size) throw cutShort(name, dataStart, size)
  return { header: parseHeader(name, readBytes(source, 8, Number(length))), dataStart }
}

function readBytes(source: Source, position: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  for (let filled = 0; filled < length; ) {
    const read = source.read(bytes, filled, position + filled)
    if (read === 0) throw cutShort(source.name, position + length, position + filled)
    filled += read
  }
  return bytes
}

/** @throws LacunaError when it is no ordinary file, or not there */
export function openFile(path: string): Source {
  const failing = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw error instanceof LacunaError ? error : readError(path, error)
    }
  }
  const file = failing(() => {
    const found = statSync(path)
    if (found.isFile()) return openSync(path, 'r')
    throw new LacunaError(`${path}: is ${found.isDirectory() ? 'a folder' : 'no ordinary file'}; check the path`)
  })
  return {
    name: path,
    size: fstatSync(file).size,
    read: (into, filled, position) =>
      failing(() => readSync(file, into, filled, Math.min(into.length - filled, longestRead), position)), // a failing disk
    close: () => closeSync(file),
  }
}

function checkTensor(path: string, name: string, { dtype, shape, data }: StoredTensor): void {
  if (name === '__metadata__') throw new LacunaError(`${path}: a tensor cannot be named "__metadata__"`)
  const { bytes } = elementFormats[writtenAs[dtype]]
  if (elementCount(shape) !== data.length || data.BYTES_PER_ELEMENT !== bytes)
    throw new LacunaError(
      `${path}: tensor "${name}" should be ${dtype} [${shape}], its data is a ${data.constructor.name} of ${data.length}`,
    )
}

function rank({ dtype }: StoredTensor): number {
  return layoutOrder.indexOf(writtenAs[dtype])
}

/** Order of the UTF-8 bytes, as the reference implementation sorts. */
function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** The header is joined by hand because an object would move keys that look like numbers to the front. */
function jsonEntry(name: string, value: object): string {
  return `${JSON.stringify(name)}:${JSON.stringify(value)}`
}

function digestOf(all: readonly StoredTensor['data'][]): string {
  const digest = createHash('sha256')
  for (const data of all) digest.update(data)
  return digest.digest('hex')
}

function bytesOf(data: StoredTensor['data']): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}
