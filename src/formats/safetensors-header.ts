import { z } from 'zod'
import { LacunaError, messageOf } from '../errors.js'
import { type ElementFormat, elementCount, elementFormats, isSafetensorsDType } from './stored-tensor.js'

/** Where a tensor lies. Offsets are bytes from the start of the data, which follows the header. */
export interface TensorPlace {
  readonly name: string
  readonly format: ElementFormat
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

export interface Header {
  readonly places: readonly TensorPlace[]
  readonly metadata: Record<string, string>
}

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
})

const remedy = 'take another copy of this file, or make it again'

export function damaged(path: string, what: string): LacunaError {
  return new LacunaError(`${path}: ${what}; ${remedy}`)
}

/** It may be a picture, or of another program. */
export function notSafetensors(path: string, why: string): LacunaError {
  return new LacunaError(`${path}: not a safetensors file (${why}); it is another kind of file, or damaged`)
}

export function cutShort(path: string, expected: number, found: number): LacunaError {
  return damaged(path, `the file is cut short: expected ${expected} bytes, found ${found}`)
}

/**
 * Reads the JSON that describes the tensors.
 *
 * @returns places in the order of their data
 * @throws LacunaError when it is not a safetensors header
 */
export function parseHeader(path: string, json: Uint8Array): Header {
  const entries = Object.entries(parseObject(path, json))
  const described = entries.find(([name]) => name === '__metadata__')
  const places = entries.filter(([name]) => name !== '__metadata__').map(([name, entry]) => placeOf(path, name, entry))
  return {
    places: places.sort((a, b) => a.begin - b.begin || a.end - b.end),
    metadata: described ? parseMetadata(path, described[1]) : {},
  }
}

/**
 * The tensors must fill the data exactly: no byte twice, none unused.
 *
 * @param places in the order of their data
 * @param dataStart offset of the data in the file
 * @param size of the file, in bytes
 */
export function checkLayout(path: string, places: readonly TensorPlace[], dataStart: number, size: number): void {
  let filled = 0
  for (const { name, begin, end } of places) {
    if (begin < filled) throw damaged(path, `tensor "${name}" starts at byte ${begin}, inside the one before it`)
    if (begin > filled) throw damaged(path, `bytes ${filled} to ${begin}, before tensor "${name}", belong to no tensor`)
    filled = end
  }
  const expected = dataStart + filled
  if (size < expected) throw cutShort(path, expected, size)
  if (size > expected) throw damaged(path, `the file has ${size} bytes where its header describes ${expected}`)
}

function parseObject(path: string, json: Uint8Array): object {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json))
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) return header
  } catch (error) {
    throw notSafetensors(path, `its header is not JSON: ${oneLine(messageOf(error))}`)
  }
  throw notSafetensors(path, 'its header is not a JSON object')
}

function parseMetadata(path: string, value: unknown): Record<string, string> {
  const pairs = Object.entries(typeof value === 'object' && value !== null ? value : { metadata: value })
  return Object.fromEntries(
    pairs.map(([key, text]) => {
      if (typeof text !== 'string') throw damaged(path, `the header's metadata "${key}" is not text`)
      return [key, text]
    }),
  )
}

function placeOf(path: string, name: string, value: unknown): TensorPlace {
  const entry = entrySchema.safeParse(value)
  if (!entry.success) throw damaged(path, `tensor "${name}" has no valid dtype, shape and data_offsets in the header`)
  const { dtype, shape, data_offsets } = entry.data
  if (!isSafetensorsDType(dtype)) {
    const readable = Object.keys(elementFormats).join(', ')
    throw new LacunaError(`${path}: tensor "${name}" is ${dtype}; convert it to one of ${readable}`)
  }
  const format = elementFormats[dtype]
  const [begin, end] = data_offsets
  const bytes = elementCount(shape) * format.bytes
  if (end - begin !== bytes)
    throw damaged(path, `tensor "${name}" ${dtype} [${shape}] needs ${bytes} bytes, its offsets hold ${end - begin}`)
  return { name, format, shape, begin, end }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 120)
}
