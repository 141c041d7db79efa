import type { SampleSet } from '../../data/index.js'
import { LacunaError } from '../../errors.js'
import { type Features, featuresOf, l2Normalised } from '../features.js'

/** Commonest words that texts are described by */
const WORDS = 1000
/** Levels of each colour, and side of the grid of mean colours */
const LEVELS = 4
const GRID = 4

/**
 * What a picture is without any learning: how often each of 64 colours occurs, and mean colours in a 4 × 4 grid, [N, 112].
 * @param name of the channel
 */
export function colourHistograms(set: SampleSet, name: string): Features {
  const channel = set.channels[name]
  if (channel?.kind !== 'image') throw new LacunaError(`${name} is no channel of pictures`)
  const { size, colours } = channel
  const width = LEVELS ** 3 + GRID * GRID * 3
  const values = new Float32Array(set.items.length * width)
  for (let row = 0; row < set.items.length; row++) {
    const pixels = set.gather([row])[name] as Uint8Array
    const own = values.subarray(row * width, (row + 1) * width)
    for (let p = 0; p < size * size; p++) {
      const [red, green, blue] = [0, 1, 2].map(c => pixels[p * colours + Math.min(c, colours - 1)] ?? 0) as [
        number,
        number,
        number,
      ]
      const level = (value: number) => Math.floor((value * LEVELS) / 256)
      const bin = (level(red) * LEVELS + level(green)) * LEVELS + level(blue)
      own[bin] = (own[bin] ?? 0) + 1 / (size * size)
      const block = Math.floor((Math.floor(p / size) * GRID) / size) * GRID + Math.floor(((p % size) * GRID) / size)
      ;[red, green, blue].forEach((value, c) => {
        const at = LEVELS ** 3 + block * 3 + c
        own[at] = (own[at] ?? 0) + (value / 255) * ((GRID * GRID) / (size * size))
      })
    }
  }
  return featuresOf(values, width)
}

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
