import { parseOptions } from '../assembly/programs.js'
import type { PictureSet } from '../data/index.js'
import { shuffled } from '../data/index.js'
import type { Method, Prepared } from '../methods/method.js'

const MOST = 2048

/** Lets a method look at some of the training pictures; the same ones for the same seed. */
export function prepare(
  method: Method,
  options: Readonly<Record<string, unknown>>,
  pictures: PictureSet,
  seed: number,
): Prepared {
  if (method.prepare === undefined) return { prepared: undefined, notes: [] }
  const { items, size, channels } = pictures
  const positions = shuffled(items.length, seed, 0).slice(0, MOST)
  const sample = { pictures: pictures.gather(positions), count: positions.length, size, channels }
  return method.prepare(sample, parseOptions(method, options))
}
