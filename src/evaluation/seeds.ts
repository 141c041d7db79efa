import type { OpenedRun } from '../runs/run.js'

/** Runs that are evaluated together; each stands for one seed, or one run for all. */
export type Runs = readonly [OpenedRun, ...OpenedRun[]]

/** What a seed of an evaluation means for its runs. */
export const seedsOf = (runs: Runs) => {
  const runOf = (seed: number): OpenedRun => runs[seed % runs.length] ?? runs[0]
  /** Of several runs each at its own start; of one run starts of other seeds too */
  const randomSeed = (seed: number): number => runOf(seed).config.seed + (runs.length > 1 ? 0 : seed)
  return { runOf, randomSeed }
}
