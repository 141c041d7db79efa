import { parseOptions } from '../assembly/programs.js'
import type { SampleSet } from '../data/index.js'
import { shuffled } from '../data/index.js'
import type { Method, Prepared } from '../methods/method.js'

const MOST = 2048

/** Lets a method look at some of the training data; the same ones for the same seed. */
export function prepare(
  method: Method,
  options: Readonly<Record<string, unknown>>,
  samples: SampleSet,
  seed: number,
): Prepared {
  if (method.prepare === undefined) return { prepared: undefined, notes: [] }
  const { items, channels } = samples
  const positions = shuffled(items.length, seed, 0).slice(0, MOST)
  const looked = { values: samples.gather(positions), count: positions.length, channels }
  return method.prepare(looked, parseOptions(method, options))
}
