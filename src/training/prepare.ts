import { parseOptions } from '../assembly/programs.js'
import { channelsFor } from '../channels/bound.js'
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
  const parsed = parseOptions(method, options)
  const { items, gather, channels } = samples.as(channelsFor(method.reads(parsed), samples.channels))
  const positions = shuffled(items.length, seed, 0).slice(0, MOST)
  const looked = { values: gather(positions), count: positions.length, channels }
  return method.prepare(looked, parsed)
}
