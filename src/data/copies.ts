import { countOf, type MemberKind, media } from './media.js'
import { BANDS, type Signature } from './signature.js'
import type { Item } from './types.js'

/** Signs of all that may differ: at the threshold 5 of 128 do, and 2 more or less. */
const DIFFERENT = 20
/** Pictures of one band that another is compared with: what bounds the time where very many look alike. */
const COMPARED = 32
/** Two pictures are nearly the same where they differ by this share of their contrast (root of mean squares), */
const NEAR = 0.12
/** or by one step of 255. */
const STEP = 1

/** For every picture the earlier one that it repeats, and whether it does so exactly; undefined for those that are new. */
export type Copies = readonly ({ readonly of: number; readonly exact: boolean } | undefined)[]

/**
 * Finds pictures that are there more than once: those that share 16 signs of their signatures in one of 8 bands are compared value by
 * value. Pictures at an angle α share a band with probability (1 − α/π)^16: at the threshold of 0.12, in one of eight with 0.998.
 *
 * @param signatures of all pictures, in their order
 * @param read writes the values of one, uint8 [size, size, channels]
 */
export function copiesAmong(
  signatures: readonly Signature[],
  { size, channels }: { readonly size: number; readonly channels: number },
  read: (row: number, out: Uint8Array) => void,
): Copies {
  const first = new Map<string, number>()
  const bands = Array.from({ length: BANDS }, () => new Map<number, number[]>())
  const [own, other] = [new Uint8Array(size * size * channels), new Uint8Array(size * size * channels)]
  const variances = new Map<number, number>() // of those that are compared, which few are
  const varianceOf = (row: number, pixels: Uint8Array) => {
    const known = variances.get(row) ?? variance(pixels, channels)
    variances.set(row, known)
    return known
  }
  return signatures.map(({ key, signs }, row) => {
    const same = first.get(key)
    if (same !== undefined) return { of: same, exact: true }
    first.set(key, row)
    const sharing = new Set(bands.flatMap((band, b) => band.get(signs[b] ?? 0) ?? []))
    const candidates = [...sharing].filter(candidate => signsApart(signs, signatures[candidate]?.signs) <= DIFFERENT)
    if (candidates.length > 0) read(row, own)
    for (const candidate of candidates.sort((a, b) => a - b)) {
      read(candidate, other)
      const contrast = Math.min(varianceOf(row, own), varianceOf(candidate, other))
      if (nearlySame(own, other, contrast)) return { of: candidate, exact: false }
    }
    bands.forEach((band, b) => {
      const sign = signs[b] ?? 0
      const rows = band.get(sign)
      if (rows === undefined) band.set(sign, [row])
      else if (rows.length < COMPARED) rows.push(row)
    })
    return undefined
  })
}

function signsApart(a: Signature['signs'], b: Signature['signs'] | undefined): number {
  let count = 0
  for (let band = 0; band < BANDS; band++)
    for (let bits = (a[band] ?? 0) ^ (b?.[band] ?? 0); bits !== 0; bits &= bits - 1) count++
  return count
}

/** @param contrast variance of the one that has less of it */
function nearlySame(a: Uint8Array, b: Uint8Array, contrast: number): boolean {
  const limit = a.length * Math.max(STEP ** 2, NEAR ** 2 * contrast)
  let sum = 0
  for (let i = 0; i < a.length && sum <= limit; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2
  return sum <= limit
}

/** Within the channels, mean over them. */
function variance(pixels: Uint8Array, channels: number): number {
  let total = 0
  const count = pixels.length / channels
  for (let c = 0; c < channels; c++) {
    let [sum, squares] = [0, 0]
    for (let i = c; i < pixels.length; i += channels) {
      const value = pixels[i] ?? 0
      sum += value
      squares += value * value
    }
    total += squares / count - (sum / count) ** 2
  }
  return total / channels
}

/** The items with what they repeat. */
export function withCopies(items: readonly Item[], copies: Copies): Item[] {
  return items.map((item, row) => {
    const copy = copies[row]
    const name = copy && items[copy.of]?.name
    if (copy === undefined || name === undefined) return item
    return copy.exact ? { ...item, copyOf: name } : { ...item, like: name }
  })
}

/** How many of the pictures differ from each other at all. */
export function differentOf(items: readonly Item[]): number {
  return new Set(items.map(({ name, copyOf }) => copyOf ?? name)).size
}

/**
 * Of records with several members: a copy repeats an earlier record in all of them.
 * @param members what repeats what in each
 */
export function jointCopies(members: readonly Copies[]): Copies {
  const [only, ...others] = members
  if (only === undefined) return []
  if (others.length === 0) return only
  const firstOf = (copies: Copies, row: number, exactly: boolean): number => {
    const copy = copies[row]
    return copy === undefined || (exactly && !copy.exact) ? row : firstOf(copies, copy.of, exactly)
  }
  const keys = (exactly: boolean) =>
    only.map((_, row) => members.map(copies => firstOf(copies, row, exactly)).join(' '))
  const [exact, near] = [equalCopies(keys(true)), equalCopies(keys(false))]
  return exact.map((copy, row) => copy ?? (near[row] && { of: near[row].of, exact: false }))
}

/** Copies where equal contents are all that is looked for. @param digests of what is stored, one a record */
export function equalCopies(digests: readonly string[]): Copies {
  const first = new Map<string, number>()
  return digests.map((digest, row) => {
    const same = first.get(digest)
    if (same === undefined) first.set(digest, row)
    return same === undefined ? undefined : { of: same, exact: true }
  })
}

/** What the user should know of records that are there more than once, and of those that are in two parts. */
export function copyNotes(items: readonly Item[], copies: Copies, medium: MemberKind): string[] {
  const notes: string[] = []
  const exact = copies.filter(copy => copy?.exact).length
  const near = copies.findIndex(copy => copy !== undefined && !copy.exact)
  const nears = copies.filter(copy => copy !== undefined && !copy.exact).length
  if (exact > 0)
    notes.push(`${countOf(items.length, medium)}, ${items.length - exact} different: the others are exact copies.`)
  if (near >= 0)
    notes.push(
      `${countOf(nears, medium)} ${nears === 1 ? 'is' : 'are'} nearly the same as an earlier one, such as ${items[near]?.name} and ${items[copies[near]?.of ?? 0]?.name}.`,
    )
  return [...notes, ...leakNotes(items, copies, medium)]
}

function leakNotes(items: readonly Item[], copies: Copies, medium: MemberKind): string[] {
  const { many } = media[medium]
  const firstOf = (row: number): number => {
    const of = copies[row]?.of
    return of === undefined ? row : firstOf(of) // of a copy of one that is nearly like another
  }
  const marked = items.some(({ split }) => split === 'train')
  const trained = new Map<number, number>()
  items.forEach(({ split }, row) => {
    if ((split === 'train' || (!marked && split === undefined)) && !trained.has(firstOf(row)))
      trained.set(firstOf(row), row)
  })
  return (['test', 'validation'] as const).flatMap(part => {
    const rows = [...items.keys()].filter(row => items[row]?.split === part)
    const leaked = rows.filter(row => trained.has(firstOf(row)))
    const [example] = leaked
    if (example === undefined) return []
    const twin = items[trained.get(firstOf(example)) ?? 0]?.name
    return [
      `${leaked.length} of ${rows.length} ${part} ${many} are also among the training ${many}, the same or nearly so (${items[example]?.name} is ${twin}): scores on them say nothing of new ${many}.`,
    ]
  })
}
