import type { SampleSet } from '../data/index.js'
import { LacunaError } from '../errors.js'
import { type Features, featuresOf } from './features.js'

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
