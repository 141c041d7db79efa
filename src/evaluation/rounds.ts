import { pickLabelled } from './features.js'
import { type Collapse, collapse } from './health.js'
import { nearestNeighbours } from './knn.js'
import { balancedSubset } from './labels.js'
import { linearProbe } from './probe.js'
import type { Runners } from './runners.js'
import { contendersIn, type Each, eachOf, meanScore, type Score, scoreOf } from './scores.js'
import type { Data, Source } from './sources.js'

/** The scores of each contender by one classifier, a seed each: kNN, then the probes; −1 the last. */
export type Column = (classifier: number) => Each<Score[]>

/** One of the probes. */
export interface ProbeRound {
  readonly labelsPerClass: number | 'all'
  /** On means and deviations over time, where there are such */
  readonly wide: boolean
}

export interface Rounds {
  readonly seeds: number
  readonly probes: readonly ProbeRound[]
  readonly k?: number
  readonly temperature?: number
  readonly onProgress?: (stage: string) => void
}

/** What all rounds have found. */
export interface Found {
  readonly column: Column
  /** Neighbours that voted */
  readonly k: number
  /** Of the first trained encoder */
  readonly health: Collapse
}

/** Every contender by every classifier with every seed; of each the vectors of one encoder are there at a time. */
export async function scoreAll(
  runners: Runners,
  sources: Each<Source>,
  { seeds, probes, onProgress, ...voting }: Rounds,
): Promise<Found> {
  const neighbours = { k: voting.k, temperature: voting.temperature, runner: runners.wide }
  const found = eachOf(sources, (): Score[][] => []) // [seed][kNN, ...probes]
  let facts: Omit<Found, 'column'> | undefined
  for (const contender of contendersIn(sources)) {
    const { title, key, data } = sources[contender] ?? sources.raw
    let last: { key: string; data: Data; near: Score; all: (wide: boolean) => Promise<Score> } | undefined
    for (let seed = 0; seed < seeds; seed++) {
      onProgress?.(`${title}, seed ${seed + 1} of ${seeds}`)
      if (last?.key !== key(seed)) {
        last = undefined // what was there may go
        const own = await data(seed)
        const { k, predictions } = await nearestNeighbours(own.training, own.test, own.classes, neighbours)
        facts ??= { health: await collapse(own.test.features, neighbours), k }
        const near = scoreOf(predictions, own.test.labels, own.classes)
        last = { key: key(seed), data: own, near, all: byWidth(wide => scoreWithAll(runners, seenBy(own, wide), seed)) }
      }
      const { data: own, near, all } = last
      const scores: Score[] = []
      for (const { labelsPerClass: amount, wide } of probes)
        scores.push(amount === 'all' ? await all(wide) : await scoreWith(runners, amount, seenBy(own, wide), seed))
      found[contender]?.push([near, ...scores])
    }
  }
  if (facts === undefined) throw new RangeError('scoreAll: at least one seed is needed')
  const column: Column = i => eachOf(found, rows => rows.flatMap(row => row.at(i) ?? []))
  return { ...facts, column }
}

/** Draws of the labelled pictures behind each figure of a seed with few labels. */
const DRAWS = 5

/** By a probe with all labels. */
export async function scoreWithAll(
  runners: Runners,
  { training, test, classes, groups }: Data,
  seed: number,
): Promise<Score> {
  const runner = runners.forProblem(training.features)
  const { predictions } = await linearProbe(training, test, classes, { groups, seed, runner })
  return scoreOf(predictions, test.labels, classes)
}

/** Mean over draws that are the same for all contenders, and others for another seed. */
async function scoreWith(
  runners: Runners,
  amount: number,
  { training, test, classes, groups }: Data,
  seed: number,
): Promise<Score> {
  const draws = Array.from({ length: DRAWS }, async (_, i) => {
    const draw = seed * DRAWS + i
    const positions = balancedSubset(training.labels, classes, amount, { seed: 0, draw })
    const some = pickLabelled(training, positions)
    const options = {
      groups: Array.from(positions, position => groups[position] ?? ''),
      seed: draw,
      runner: runners.forProblem(some.features, i),
    }
    const { predictions } = await linearProbe(some, test, classes, options)
    return scoreOf(predictions, test.labels, classes)
  })
  return meanScore(await Promise.all(draws)) // side by side: each is too small to keep the cores busy
}

/** What a probe is given. */
const seenBy = (data: Data, wide: boolean): Data => (wide && data.wide ? { ...data, ...data.wide } : data)

/** Made once for each of the two. */
function byWidth<T>(make: (wide: boolean) => Promise<T>): (wide: boolean) => Promise<T> {
  const made = new Map<boolean, Promise<T>>()
  return wide => {
    const own = made.get(wide) ?? make(wide)
    made.set(wide, own)
    return own
  }
}
