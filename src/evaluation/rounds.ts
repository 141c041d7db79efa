import { pickLabelled } from './features.js'
import { type Collapse, collapse } from './health.js'
import { nearestNeighbours } from './knn.js'
import { balancedSubset } from './labels.js'
import { linearProbe } from './probe.js'
import type { Runners } from './runners.js'
import { type Contender, contenders, meanScore, type Score, scoreOf } from './scores.js'
import type { Data, Source } from './sources.js'

/** The scores of each contender by one classifier, a seed each: kNN, then the probes; −1 the last. */
export type Column = (classifier: number) => Record<Contender, Score[]>

export interface Rounds {
  readonly seeds: number
  /** Labels per class of the probes */
  readonly amounts: readonly (number | 'all')[]
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
  sources: Readonly<Record<Contender, Source>>,
  { seeds, amounts, onProgress, ...voting }: Rounds,
): Promise<Found> {
  const neighbours = { k: voting.k, temperature: voting.temperature, runner: runners.wide }
  const found: Record<Contender, Score[][]> = { trained: [], random: [], raw: [] } // [seed][kNN, ...probes]
  let facts: Omit<Found, 'column'> | undefined
  for (const contender of contenders) {
    const { title, key, data } = sources[contender]
    let last: { key: string; data: Data; near: Score; all: () => Promise<Score> } | undefined
    for (let seed = 0; seed < seeds; seed++) {
      onProgress?.(`${title}, seed ${seed + 1} of ${seeds}`)
      if (last?.key !== key(seed)) {
        last = undefined // what was there may go
        const own = await data(seed)
        const { k, predictions } = await nearestNeighbours(own.training, own.test, own.classes, neighbours)
        facts ??= { health: await collapse(own.test.features, neighbours), k }
        const near = scoreOf(predictions, own.test.labels, own.classes)
        last = { key: key(seed), data: own, near, all: once(() => scoreWithAll(runners, own, seed)) }
      }
      const { data: own, near, all } = last
      const probes: Score[] = []
      for (const amount of amounts)
        probes.push(amount === 'all' ? await all() : await scoreWith(runners, amount, own, seed))
      found[contender].push([near, ...probes])
    }
  }
  if (facts === undefined) throw new RangeError('scoreAll: at least one seed is needed')
  const of = (contender: Contender, i: number) => found[contender].flatMap(row => row.at(i) ?? [])
  const column: Column = i => ({ trained: of('trained', i), random: of('random', i), raw: of('raw', i) })
  return { ...facts, column }
}

/** Draws of the labelled pictures behind each figure of a seed with few labels. */
const DRAWS = 5

async function scoreWithAll(runners: Runners, { training, test, classes, groups }: Data, seed: number): Promise<Score> {
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

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
