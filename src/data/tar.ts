import { closeSync, openSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { readInto } from '../files.js'

/** A file in a tar, and where its bytes lie. */
export interface TarEntry {
  readonly name: string
  readonly bytes: number
  readonly offset: number
}

const BLOCK = 512
/** Headers longer than this are of no tar */
const LONGEST_HEADER = 2 ** 20

/** What lies in a tar. */
export interface Tar {
  readonly entries: readonly TarEntry[]
  /** Whether the mark is there that ends a tar: where it is not, more may have followed */
  readonly ended: boolean
}

/**
 * The files in a tar, in their order, by their headers alone: ustar, with the long names of GNU and pax. What lies in them is found
 * by its place, so that any can be read without the others. A link to a file before it is that file once more.
 *
 * @throws Error where it is no tar, empty, compressed, damaged, or ends too early
 */
export function openTar(path: string): Tar {
  const file = openSync(path, 'r')
  try {
    const read = (position: number, length: number): Buffer => {
      const bytes = Buffer.alloc(length)
      return bytes.subarray(0, readInto(file, bytes, position))
    }
    return entriesIn(read)
  } finally {
    closeSync(file)
  }
}

function entriesIn(read: (position: number, length: number) => Buffer): Tar {
  const entries: TarEntry[] = []
  let [longName, longLink]: (string | undefined)[] = []
  let pax: Pax = {}
  for (let at = 0; ; ) {
    const header = read(at, BLOCK)
    if (at === 0 && !isTar(header)) throw new Error(notTar(header))
    if (header.length < BLOCK || header.every(byte => byte === 0)) {
      if (header.length > 0 && header.length < BLOCK) throw cutOff('a header')
      return { entries, ended: header.length > 0 }
    }
    if (!checked(header)) throw new Error(`has a damaged header at byte ${at}: ${getAgain}`)
    const type = String.fromCharCode(header[156] ?? 0)
    const bytes = pax.size ?? sizeOf(header)
    const offset = at + BLOCK
    const content = () => read(offset, Math.min(bytes, LONGEST_HEADER))
    if (type === 'L') longName = textOf(content())
    else if (type === 'K') longLink = textOf(content())
    else if (type === 'x') pax = paxOf(content())
    else {
      const regular = type === '0' || type === '\0' || type === '7'
      const name = pax.path ?? longName ?? nameOf(header)
      if (regular) entries.push({ name, bytes, offset })
      const linked = pax.linkpath ?? longLink ?? textOf(header.subarray(157, 257))
      const target = type === '1' ? entries.findLast(entry => entry.name === linked) : undefined
      if (target !== undefined) entries.push({ ...target, name })
      longLink = undefined
      longName = undefined
      pax = {}
      if (regular && bytes > 0 && read(offset + bytes - 1, 1).length === 0) throw cutOff(entries.at(-1)?.name)
    }
    at = offset + Math.ceil(bytes / BLOCK) * BLOCK
  }
}

/** What lies at a place of a file. */
export async function readAt(path: string, { offset, bytes }: Pick<TarEntry, 'offset' | 'bytes'>): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const into = new Uint8Array(bytes)
    let done = 0
    while (done < bytes) {
      const { bytesRead } = await file.read(into, done, bytes - done, offset + done)
      if (bytesRead === 0) throw new Error('ends too early')
      done += bytesRead
    }
    return into
  } finally {
    await file.close()
  }
}

/** The sum of a header's bytes stands in it, its own eight taken as spaces. */
function checked(header: Buffer): boolean {
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0)
  return Number.parseInt(textOf(header.subarray(148, 156)).trim(), 8) === sum
}

const isTar = (header: Buffer): boolean =>
  header.length === BLOCK && (header.every(byte => byte === 0) || checked(header))

/** What to do with one that is compressed */
export const unpackFirst = 'is a compressed tar: unpack it once with gunzip or unzstd, and give the .tar'

/** What to do with one that is not as it was packed */
const getAgain = 'fetch it again from where it comes, or pack it anew'

const cutOff = (within = 'a file'): Error => new Error(`ends in the middle of ${within}, so it is cut off: ${getAgain}`)

function notTar(header: Buffer): string {
  if (header.length === 0) return `is empty: ${getAgain}`
  return ['1f8b', '28b5'].includes(header.toString('hex', 0, 2)) ? unpackFirst : 'is no tar'
}

/** Octal, or from 8 GiB on binary with the highest bit set */
function sizeOf(header: Buffer): number {
  const field = header.subarray(124, 136)
  if (((field[0] ?? 0) & 0x80) === 0) return Number.parseInt(textOf(field).trim() || '0', 8)
  return field.subarray(4).reduce((size, byte) => 256 * size + byte, 0)
}

function nameOf(header: Buffer): string {
  const [name, prefix] = [textOf(header.subarray(0, 100)), textOf(header.subarray(345, 500))]
  const ustar = header.toString('latin1', 257, 263) === 'ustar\0' // GNU's own has other things there
  return ustar && prefix !== '' ? `${prefix}/${name}` : name
}

interface Pax {
  readonly path?: string
  readonly linkpath?: string
  readonly size?: number
}

/** `30 path=some/long/name\n`, by its length in bytes */
function paxOf(content: Buffer): Pax {
  let found: Pax = {}
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(32, at)
    const length = Number(content.toString('latin1', at, space))
    if (!(length > 0)) break
    const record = content.toString('utf8', space + 1, at + length - 1)
    const [key, value] = [record.slice(0, record.indexOf('=')), record.slice(record.indexOf('=') + 1)]
    if (key === 'path' || key === 'linkpath') found = { ...found, [key]: value }
    if (key === 'size') found = { ...found, size: Number(value) }
    at += length
  }
  return found
}

/** Up to the first zero byte */
function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0)
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end)
}
