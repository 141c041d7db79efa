import TinyQueue from 'tinyqueue'

/** Two symbols that become one. */
export type Merge = readonly [left: string, right: string]

interface Pair {
  readonly left: number
  readonly right: number
  /** Times that it stands in the words, when it was queued */
  readonly count: number
}

/** Symbols that can be told apart: two numbers of them are one exact number. */
const MOST_SYMBOLS = 2 ** 24
const keyOf = (left: number, right: number) => left * MOST_SYMBOLS + right

/**
 * Byte-pair encoding, learnt: the commonest pair of neighbouring symbols becomes a symbol, and so on. How often each pair occurs is
 * kept up to date, and only the words that have the pair are looked at again. Of pairs that are as common, that of the symbols
 * known earlier is taken, as the trainer of Hugging Face's tokenizers does.
 *
 * @param words how often each occurs; the symbols are its characters
 * @param alphabet all of those characters, in their order
 * @param most merges
 * @param least times that a pair has to occur
 * @see Sennrich, Haddow & Birch 2016, Neural Machine Translation of Rare Words with Subword Units
 */
export function bytePairs(
  words: ReadonlyMap<string, number>,
  alphabet: readonly string[],
  most: number,
  least = 2,
): Merge[] {
  const symbols = [...alphabet]
  const numbers = new Map(symbols.map((symbol, i) => [symbol, i]))
  const spelt = [...words].map(([word, count]) => ({
    count,
    symbols: [...word].map(character => numbers.get(character) ?? 0),
  }))
  const counts = new Map<number, number>()
  /** Words that have the pair, or had it */
  const places = new Map<number, Set<number>>()

  /** Takes all pairs of a word in, or out. */
  const counted = (word: number, sign: 1 | -1, changed?: Set<number>) => {
    const { symbols: own, count } = spelt[word] ?? { symbols: [], count: 0 }
    for (let i = 0; i + 1 < own.length; i++) {
      const key = keyOf(own[i] ?? 0, own[i + 1] ?? 0)
      counts.set(key, (counts.get(key) ?? 0) + sign * count)
      if (sign < 0) continue
      const known = places.get(key)
      if (known === undefined) places.set(key, new Set([word]))
      else known.add(word)
      changed?.add(key)
    }
  }
  const paired = (key: number): Pair => ({
    left: Math.floor(key / MOST_SYMBOLS),
    right: key % MOST_SYMBOLS,
    count: counts.get(key) ?? 0,
  })

  for (const word of spelt.keys()) counted(word, 1)
  const queue = new TinyQueue([...counts.keys()].map(paired), byCount)
  const merges: Merge[] = []
  while (merges.length < most) {
    const pair = queue.pop()
    if (pair === undefined || pair.count < least) break
    const { left, right } = pair
    const key = keyOf(left, right)
    if (pair.count !== counts.get(key)) {
      queue.push(paired(key)) // rarer than when it was queued: others may come first now
      continue
    }
    const merge = [symbols[left] ?? '', symbols[right] ?? ''] as const
    merges.push(merge)
    const joined = numberOf(merge.join(''), symbols, numbers)
    const changed = new Set<number>()
    for (const word of places.get(key) ?? []) {
      const { [word]: own } = spelt
      if (own === undefined) continue
      counted(word, -1)
      own.symbols = merged(own.symbols, left, right, joined)
      counted(word, 1, changed)
    }
    counts.delete(key)
    places.delete(key)
    for (const next of changed) queue.push(paired(next))
  }
  return merges
}

const byCount = (a: Pair, b: Pair): number => b.count - a.count || a.left - b.left || a.right - b.right

/** A symbol's number; two ways to the same symbol are one. */
function numberOf(symbol: string, symbols: string[], numbers: Map<string, number>): number {
  const known = numbers.get(symbol)
  if (known !== undefined) return known
  numbers.set(symbol, symbols.length)
  return symbols.push(symbol) - 1
}

/** Every `left right` in a word as one, from the left on. */
function merged(word: readonly number[], left: number, right: number, joined: number): number[] {
  const next: number[] = []
  for (let i = 0; i < word.length; i++) {
    const here = word[i] ?? 0
    const both = here === left && word[i + 1] === right
    next.push(both ? joined : here)
    if (both) i++
  }
  return next
}
