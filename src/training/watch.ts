import { host } from '#host'
import type { Assembly } from '../assembly/assemble.js'
import type { RunConfig } from '../assembly/config.js'
import { embeddingProgram, seenChannels } from '../assembly/programs.js'
import { feedsOf } from '../channels/gathered.js'
import { type Item, type SampleSet, shuffled } from '../data/index.js'
import { targetFor } from '../engine/host.js'
import type { Runner } from '../engine/runner.js'

/** What is looked for in the vectors of some pictures while their encoder is trained: numbers by name, for `metrics.jsonl`. */
export type Watch = (
  vectors: { readonly values: Float32Array; readonly count: number; readonly width: number },
  items: readonly Item[],
) => Readonly<Record<string, number>>

/** Looks at the encoder after some of the steps. It changes no variable: the training goes on as if nobody had looked. */
export interface Watcher {
  due(step: number): boolean
  look(): Promise<Readonly<Record<string, number>>>
}

/** Share of the work of a training that looking at it may take */
const SHARE = 0.02
/** A step costs at least so many times what the vector of a picture does: forward and backward, of at least half the network */
const STEP = 1.5
const MOST_TIMES = 10
const [FEWEST, MOST] = [256, 512]
const BATCH = 64

/**
 * How often, and at how many pictures, a training can be looked at for 2 % of its work.
 * @returns undefined where not even twice
 */
export function watchPlan(
  { steps, batch }: Pick<RunConfig, 'steps' | 'batch'>,
  pictures: number,
): { readonly times: number; readonly count: number } | undefined {
  const affordable = SHARE * STEP * steps * batch
  const fewest = Math.min(FEWEST, pictures)
  const times = Math.min(MOST_TIMES, Math.floor(affordable / fewest))
  if (times < 2) return undefined
  const count = Math.min(MOST, pictures, Math.max(fewest, Math.floor(affordable / times)))
  return { times, count }
}

/** Prepares to look at pictures drawn at random, the same every time; undefined where that would take too long. */
export async function watcherOf(
  assembly: Assembly,
  config: RunConfig,
  runner: Runner,
  pictures: SampleSet,
  watch: Watch,
): Promise<Watcher | undefined> {
  const plan = watchPlan(config, pictures.items.length)
  if (plan === undefined) return undefined
  const some = pictures
    .as(seenChannels(assembly))
    .subset(shuffled(pictures.items.length, config.seed, 2).slice(0, plan.count))
  const batch = Math.min(BATCH, plan.count)
  const program = embeddingProgram(assembly, batch, await targetFor(host, runner.options))
  const width = program.outputs[0]?.shape[1] ?? 0
  await runner.load('watch', program) // on the variables of the training
  const due = new Set(Array.from({ length: plan.times }, (_, i) => Math.round(((i + 1) * config.steps) / plan.times)))
  return {
    due: step => due.has(step),
    async look() {
      const values = new Float32Array(plan.count * width)
      for (let start = 0; start < plan.count; start += batch) {
        const rows = Uint32Array.from({ length: batch }, (_, i) => Math.min(start + i, plan.count - 1))
        const { features } = await runner.run('watch', feedsOf(some.gather(rows)))
        const vectors = features as Float32Array
        values.set(vectors.subarray(0, Math.min(batch, plan.count - start) * width), start * width)
      }
      return watch({ values, count: plan.count, width }, some.items)
    },
  }
}
