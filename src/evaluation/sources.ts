import type { SampleSet } from '../data/index.js'
import type { OpenedRun } from '../runs/run.js'
import { type Embedder, type EmbedderOptions, openEncoder, untrainedEncoder } from './encoder.js'
import type { Features, Labelled } from './features.js'
import { type LabelledParts, pixels } from './labelled.js'
import type { Contender } from './scores.js'

/** Vectors with their labels, to learn from and to be told. */
export interface Data {
  readonly training: Labelled
  readonly test: Labelled
  readonly classes: number
  /** Of the training pictures */
  readonly groups: readonly string[]
}

/** Where the vectors of a contender come from. */
export interface Source {
  readonly title: string
  /** Seeds of one key have the same vectors */
  key(seed: number): string
  data(seed: number): Promise<Data>
}

/** The trained encoder of each run, the same one at random initialisation, and the pixels themselves. */
export function sourcesOf(
  runs: readonly [OpenedRun, ...OpenedRun[]],
  { training, test, classes, labels }: LabelledParts,
  options: EmbedderOptions,
): Readonly<Record<Contender, Source>> {
  const groups = training.items.map(({ group }) => group)
  const labelled = async (featuresOf: (part: SampleSet) => Features | Promise<Features>): Promise<Data> => ({
    training: { features: await featuresOf(training), labels: labels.training },
    test: { features: await featuresOf(test), labels: labels.test },
    classes: classes.length,
    groups,
  })
  const through = async (opening: Promise<Embedder>): Promise<Data> => {
    const encoder = await opening
    try {
      return await labelled(part => encoder.embed(part))
    } finally {
      await encoder.close()
    }
  }
  const runOf = (seed: number) => runs[seed % runs.length] ?? runs[0]
  const randomSeed = (seed: number) => runOf(seed).config.seed + (runs.length > 1 ? 0 : seed)
  return {
    trained: {
      title: 'trained encoder',
      key: seed => runOf(seed).directory,
      data: seed => through(openEncoder(runOf(seed), options)),
    },
    random: {
      title: 'random initialisation',
      key: seed => `${randomSeed(seed)}`,
      data: seed => through(untrainedEncoder(runOf(seed), training, { ...options, seed: randomSeed(seed) })),
    },
    raw: { title: 'raw pixels', key: () => 'pixels', data: () => labelled(pixels) },
  }
}
