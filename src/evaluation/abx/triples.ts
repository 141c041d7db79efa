import { collect, shuffled } from '../../data/index.js'

/** A phone as it was said once. */
export interface Said {
  readonly phone: string
  /** What was said before and after */
  readonly context: string
  readonly speaker: string
}

/** X is of the phone of A, and should be nearer to it than to B. Places in a list of what was said. */
export interface Triple {
  readonly a: number
  readonly b: number
  readonly x: number
}

export interface TripleOptions {
  /** X is of another speaker than A and B; of the same unless told */
  readonly across?: boolean
  /** At most so many triples of the same phones, context and speakers */
  readonly perCell?: number
  /** At most so many triples altogether, drawn at random */
  readonly most?: number
  readonly seed?: number
}

/**
 * Triples of what was said in the same context: A and B by one speaker and of two phones, X of A's. They depend on labels and the
 * seed alone, so that whatever is compared is asked the same.
 */
export function triplesOf(
  said: readonly Said[],
  { across = false, perCell = 5, most = 20_000, seed = 0 }: TripleOptions = {},
): Triple[] {
  const byContext = collect(
    Array.from(shuffled(said.length, seed, across ? 1 : 0)),
    place => said[place]?.context ?? '',
  )
  const cells: Triple[][] = []
  for (const places of byContext.values()) {
    const byCell = collect(places, place => `${said[place]?.speaker}\n${said[place]?.phone}`)
    for (const as of byCell.values())
      for (const bs of byCell.values()) {
        const [a, b] = [said[as[0] ?? -1], said[bs[0] ?? -1]]
        if (a === undefined || b === undefined || a.speaker !== b.speaker || a.phone === b.phone) continue
        if (!across) cells.push(cell(as, bs, as, perCell))
        else
          for (const xs of byCell.values()) {
            const x = said[xs[0] ?? -1]
            if (x?.phone === a.phone && x.speaker !== a.speaker) cells.push(cell(as, bs, xs, perCell))
          }
      }
  }
  return Array.from(shuffled(cells.length, seed, 2))
    .flatMap(i => cells[i] ?? [])
    .slice(0, most)
}

/** Some triples of one cell, each once, scattered over all that there are. */
function cell(as: readonly number[], bs: readonly number[], xs: readonly number[], most: number): Triple[] {
  const found: Triple[] = []
  const possible = as.length * bs.length * xs.length
  let stride = Math.max(1, Math.round(possible * GOLDEN))
  while (commonDivisor(stride, possible) > 1) stride++
  for (let i = 0, k = 0; i < possible && found.length < most; i++, k = (k + stride) % possible) {
    const a = as[k % as.length] ?? 0
    const b = bs[Math.floor(k / as.length) % bs.length] ?? 0
    const x = xs[Math.floor(k / (as.length * bs.length))] ?? 0
    if (a !== x) found.push({ a, b, x })
  }
  return found
}

/** Steps of this share of a circle come nowhere near where they have been for long */
const GOLDEN = 0.618

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b))

/**
 * The share of triples in which X is nearer to B than to A; ½ where it is as near. First the mean over the triples of the same
 * phones, context and speakers, then over contexts, then over speakers, then over pairs of phones, so that none counts for more
 * because more was said of it.
 *
 * @param distance between two of what was said, by their places
 * @returns 0 … 1, ½ by chance; NaN where there are no triples
 */
export function abxError(
  said: readonly Said[],
  triples: readonly Triple[],
  distance: (x: number, other: number) => number,
): number {
  const at = (place: number) => said[place] ?? { phone: '', context: '', speaker: '' }
  const scored = triples.map(({ a, b, x }) => {
    const [phones, speakers] = [`${at(a).phone}\n${at(b).phone}`, `${at(a).speaker}\n${at(x).speaker}`]
    return { keys: [phones, speakers, at(a).context], error: errorOf(distance(x, a) - distance(x, b)) }
  })
  return meanBy(scored, 0)
}

/** Of a difference that is nothing but rounding ½ */
const errorOf = (further: number): number => (Math.abs(further) < 1e-9 ? 0.5 : further > 0 ? 1 : 0)

interface Scored {
  /** From what is averaged last to what is averaged first */
  readonly keys: readonly string[]
  readonly error: number
}

function meanBy(scored: readonly Scored[], level: number): number {
  const parts =
    level === scored[0]?.keys.length
      ? scored.map(({ error }) => error)
      : [...collect(scored, ({ keys }) => keys[level] ?? '').values()].map(part => meanBy(part, level + 1))
  return parts.reduce((sum, value) => sum + value, 0) / parts.length
}
