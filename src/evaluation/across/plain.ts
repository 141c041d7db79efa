import { type Features, featuresOf, l2Normalised } from '../features.js'

/** Commonest words that texts are described by */
const WORDS = 1000

/** Words of a text, in lower case */
const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []

/**
 * Bags of words: of each text which of the commonest words it has, each by how seldom it is (ln N/n), rows of length 1.
 * @param known texts that words are counted in
 * @returns the same description of any texts
 */
export function bagsOfWords(known: readonly string[]): (texts: readonly string[]) => Features {
  const counts = new Map<string, number>()
  for (const text of known) for (const word of new Set(wordsOf(text))) counts.set(word, (counts.get(word) ?? 0) + 1)
  const common = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, WORDS)
  const places = new Map(common.map(([word, count], i) => [word, { i, weight: Math.log((1 + known.length) / count) }]))
  const width = Math.max(1, common.length)
  return texts => {
    const values = new Float32Array(texts.length * width)
    texts.forEach((text, row) => {
      for (const word of new Set(wordsOf(text))) {
        const place = places.get(word)
        if (place) values[row * width + place.i] = place.weight
      }
    })
    return l2Normalised(featuresOf(values, width))
  }
}
