import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { MemberKind } from './media.js'
import { fileOfTexts } from './stored-text.js'
import type { Item, Listing, Members, Skipped, Source } from './types.js'
import type { DataFile } from './walk.js'

/** One member of a record, before it is read. */
export interface Part {
  readonly bytes: number
  /** Tells one version of it from the next */
  readonly version: string
  read(): Promise<Uint8Array>
  /** Where it is a file of its own */
  readonly file?: string
}

/** A record with all that is wanted of it. */
export interface FoundRecord {
  readonly item: Item
  /** In the order of the members that are wanted */
  readonly parts: readonly Part[]
}

export interface FoundRecords {
  readonly records: readonly FoundRecord[]
  readonly skipped: readonly Skipped[]
  readonly notes: readonly string[]
}

export const filePart = ({ path, bytes, version }: DataFile): Part => ({
  ...{ bytes, version, file: path },
  read: () => readFile(path),
})

/** Texts that stand in a table. */
export function textPart(texts: readonly string[]): Part {
  const stored = fileOfTexts(texts)
  return { bytes: stored.length, version: Buffer.from(stored).toString(), read: async () => stored }
}

/** Records of several members as a source. @param wanted the kinds of their parts */
export function recordSource(
  path: string,
  wanted: readonly MemberKind[],
  { records, skipped, notes }: FoundRecords,
): Source {
  const hash = createHash('sha256')
  for (const { item, parts } of records) hash.update(`${JSON.stringify([item, parts.map(({ version }) => version)])}\n`)
  for (const { name, reason } of skipped) hash.update(`${name}\n${reason}\n`)
  const members = wanted.map((kind, i) => [kind, membersIn(records.map(({ parts }) => parts[i]))] as const)
  const [first] = members
  if (first === undefined) throw new Error('no kind of member is wanted')
  const [medium, leading] = first
  const items = records.map(({ item }) => item)
  const listing: Listing = { items, skipped, ...leading, members: Object.fromEntries(members) }
  return {
    ...{ path, medium, media: wanted, fingerprint: hash.digest('hex'), defaultChannels: 3, notes },
    list: async () => listing,
  }
}

function membersIn(parts: readonly (Part | undefined)[]): Omit<Members, 'items'> {
  const at = (position: number) => {
    const part = parts[position]
    if (!part) throw new RangeError(`no record ${position}`)
    return part
  }
  const files = parts.every(part => part?.file !== undefined)
  return {
    nativeSize: undefined,
    bytes: position => at(position).bytes,
    read: async position => ({ bytes: await at(position).read() }),
    ...(files && { file: (position: number) => at(position).file ?? '' }),
  }
}
