import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Wanted } from '../channels/channel.js'
import { type Column, memoryColumn } from './columns.js'
import { numbered, setInMemory } from './memory.js'
import { type Sharp, sharp } from './sharp.js'
import type { PictureSet, Split } from './types.js'

/** A folder that is removed when the test has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lacuna-data-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes files under `root`, by path. */
export function put(root: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), content)
  }
  return root
}

/** A picture of raw values [height, width, channels], to be encoded. */
export function picture(width: number, height: number, values: readonly number[]): Sharp {
  const count = values.length / (width * height)
  const channels = count === 1 || count === 2 || count === 3 || count === 4 ? count : 3
  return sharp(Uint8Array.from(values), { raw: { width, height, channels } })
}

/** A PNG of one colour or grey value. */
export function plain(colour: readonly number[], side = 8): Promise<Buffer> {
  const values = Array.from({ length: side * side }, () => colour).flat()
  return picture(side, side, values)
    .toColourspace(colour.length === 1 ? 'b-w' : 'srgb')
    .png()
    .toBuffer()
}

/** An IDX file of bytes. */
export function idx(lengths: readonly number[], values: ArrayLike<number>): Uint8Array {
  const header = Buffer.alloc(4 + 4 * lengths.length)
  header.writeUInt32BE(0x800 + lengths.length)
  lengths.forEach((length, i) => {
    header.writeUInt32BE(length, 4 + 4 * i)
  })
  return Buffer.concat([header, Uint8Array.from(values)])
}

type Numbers = Uint8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array

/** A TIFF of any numbers, [pages · height, width]: pages of one grey channel each, as instruments write them. */
export function tiff(values: Numbers, width: number, height: number, pages = 1): Uint8Array {
  const bits = 8 * values.BYTES_PER_ELEMENT
  const format = /^Float/.test(values.constructor.name) ? 3 : /^Int/.test(values.constructor.name) ? 2 : 1
  const tags = 10
  const directory = 2 + 12 * tags + 4
  const start = 8 + pages * directory
  const page = width * height * values.BYTES_PER_ELEMENT
  const file = Buffer.alloc(start)
  file.write('II*\0', 'latin1')
  file.writeUInt32LE(8, 4)
  for (let p = 0; p < pages; p++) {
    const at = 8 + p * directory
    const entries = [
      [256, width],
      [257, height],
      [258, bits],
      [259, 1],
      [262, 1],
      [273, start + p * page],
      [277, 1],
      [278, height],
      [279, page],
      [339, format],
    ]
    file.writeUInt16LE(tags, at)
    entries.forEach(([tag = 0, value = 0], i) => {
      file.writeUInt16LE(tag, at + 2 + 12 * i)
      file.writeUInt16LE(4, at + 4 + 12 * i)
      file.writeUInt32LE(1, at + 6 + 12 * i)
      file.writeUInt32LE(value, at + 10 + 12 * i)
    })
    file.writeUInt32LE(p + 1 < pages ? at + directory : 0, at + directory - 4)
  }
  return Buffer.concat([file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)])
}

/** A tar of files, by path, in this order; names of more than 100 characters as pax has them. */
export function tar(files: readonly (readonly [name: string, content: string | Uint8Array])[]): Buffer {
  const entry = (name: string, content: Uint8Array, type: string) => {
    const header = Buffer.alloc(512)
    header.write(name.slice(0, 100), 'utf8')
    header.write(`0000644\0${'0000000\0'.repeat(2)}`, 100, 'latin1')
    header.write(`${content.length.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0`, 124, 'latin1')
    header.write(`        ${type}`, 148, 'latin1')
    header.write('ustar\x0000', 257, 'latin1')
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)])
  }
  const pax = (name: string) => {
    const body = ` path=${name}\n`
    let length = Buffer.byteLength(body)
    while (`${length}`.length + Buffer.byteLength(body) !== length)
      length = `${length}`.length + Buffer.byteLength(body)
    return entry('pax', Buffer.from(`${length}${body}`), 'x')
  }
  const all = files.flatMap(([name, content]) => [
    ...(Buffer.byteLength(name) > 100 ? [pax(name)] : []),
    entry(name, Buffer.from(content as Uint8Array), '0'),
  ])
  return Buffer.concat([...all, Buffer.alloc(1024)])
}

export interface WaveFormat {
  readonly rate?: number
  /** Bits of a number */
  readonly bits?: 8 | 16 | 24 | 32 | 64
  readonly floating?: boolean
  readonly extensible?: boolean
}

/** A WAV file of channels of numbers in [−1, 1). */
export function wav(channels: readonly ArrayLike<number>[], format: WaveFormat = {}): Buffer {
  const { rate = 16_000, bits = 16, floating = false, extensible = false } = format
  const [count, size] = [channels.length, bits / 8]
  const frames = channels[0]?.length ?? 0
  const data = Buffer.alloc(frames * count * size)
  channels.forEach((values, c) => {
    for (let i = 0; i < frames; i++) {
      const [at, value] = [(i * count + c) * size, values[i] ?? 0]
      const whole = Math.max(-(2 ** (bits - 1)), Math.min(2 ** (bits - 1) - 1, Math.round(value * 2 ** (bits - 1))))
      if (bits === 8) data.writeUInt8(whole + 128, at)
      else if (!floating) data.writeIntLE(whole, at, size)
      else if (bits === 32) data.writeFloatLE(value, at)
      else data.writeDoubleLE(value, at)
    }
  })
  const tag = floating ? 3 : 1
  const fmt = Buffer.alloc(extensible ? 40 : 16)
  fmt.writeUInt16LE(extensible ? 0xfffe : tag, 0)
  fmt.writeUInt16LE(count, 2)
  fmt.writeUInt32LE(rate, 4)
  fmt.writeUInt32LE(rate * count * size, 8)
  fmt.writeUInt16LE(count * size, 12)
  fmt.writeUInt16LE(bits, 14)
  if (extensible) {
    fmt.writeUInt16LE(22, 16)
    fmt.writeUInt16LE(bits, 18)
    fmt.writeUInt16LE(tag, 24)
  }
  const chunk = (name: string, body: Buffer) => {
    const header = Buffer.from(`${name}\0\0\0\0`, 'latin1')
    header.writeUInt32LE(body.length, 4)
    return Buffer.concat([header, body, Buffer.alloc(body.length % 2)])
  }
  const chunks = Buffer.concat([
    Buffer.from('WAVE'),
    chunk('fmt ', fmt),
    chunk('LIST', Buffer.from('odd')),
    chunk('data', data),
  ])
  return chunk('RIFF', chunks)
}

/** A tone in [−1, 1]. */
export const tone = (hertz: number, seconds: number, rate = 16_000, size = 0.5): Float32Array =>
  Float32Array.from({ length: Math.round(seconds * rate) }, (_, i) => size * Math.sin((2 * Math.PI * hertz * i) / rate))

const SIZE = 16
type Pictured = { readonly image: Wanted<'image'> }

export interface MemorySet extends PictureSet {
  /** Every picture that was asked for, by its place in the whole */
  readonly gathered: number[]
}

/** Pictures in memory: 16 × 16 px in colour; number i is a checkerboard in two colours of its own, its squares 1, 2, 4 or 8 px wide. */
export function memorySet(count: number, splits: readonly (Split | undefined)[] = []): MemorySet {
  const gathered: number[] = []
  const items = numbered(count).map((item, i) => ({ ...item, split: splits[i] }))
  const pixel = (i: number, y: number, x: number, c: number) => {
    const square = (y >> (i % 4)) + (x >> (i % 4))
    return (square % 2 === 0 ? i * 37 + c * 91 : i * 71 + c * 53 + 128) % 256
  }
  const places = [...Array(SIZE * SIZE * 3).keys()]
  const stored = memoryColumn(
    { kind: 'image', size: SIZE, colours: 3 },
    items.map((_, i) => places.map(p => pixel(i, Math.floor(p / (3 * SIZE)), Math.floor(p / 3) % SIZE, p % 3))),
  )
  const image: Column = {
    ...stored,
    read(record, ...where) {
      gathered.push(record)
      return stored.read(record, ...where)
    },
  }
  return { ...setInMemory<Pictured>({ image }, items), gathered }
}
