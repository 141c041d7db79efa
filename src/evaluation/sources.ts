import { imageIn } from '../channels/bound.js'
import type { Wanted } from '../channels/channel.js'
import type { SampleSet } from '../data/index.js'
import type { Medium } from '../data/media.js'
import { colourHistograms } from './colour-histograms.js'
import { type Embedder, type EmbedderOptions, openEncoder, untrainedEncoder } from './encoder.js'
import type { Features, Labelled } from './features.js'
import { type LabelledParts, pixels } from './labelled.js'
import { type Each, eachOf } from './scores.js'
import { type Runs, seedsOf } from './seeds.js'
import { soundSourcesOf } from './sound-sources.js'

/** Vectors with their labels, to learn from and to be told. */
export interface Data extends Vectors {
  readonly classes: number
  /** Of the training samples */
  readonly groups: readonly string[]
  /** Of sound: the same with the deviation over time beside each mean */
  readonly wide?: Vectors
}

interface Vectors {
  readonly training: Labelled
  readonly test: Labelled
}

/** Where the vectors of a contender come from. */
export interface Source {
  readonly title: string
  /** Seeds of one key have the same vectors */
  key(seed: number): string
  data(seed: number): Promise<Data>
}

/** The trained encoder of each run, the same one at random initialisation, and what is known without one. */
export function sourcesOf(runs: Runs, parts: LabelledParts, options: EmbedderOptions, medium: Medium): Each<Source> {
  return medium === 'audio' ? ofRecordings(runs, parts, options) : ofPictures(runs, parts, options)
}

type FeaturesOf = (part: SampleSet) => Features | Promise<Features>

async function labelled({ training, test, labels }: LabelledParts, featuresOf: FeaturesOf): Promise<Vectors> {
  return {
    training: { features: await featuresOf(training), labels: labels.training },
    test: { features: await featuresOf(test), labels: labels.test },
  }
}

const about = ({ training, classes }: LabelledParts) => ({
  classes: classes.length,
  groups: training.items.map(({ group }) => group),
})

function ofPictures(runs: Runs, parts: LabelledParts, options: EmbedderOptions): Each<Source> {
  const through = async (opening: Promise<Embedder>): Promise<Data> => {
    const encoder = await opening
    try {
      return { ...about(parts), ...(await labelled(parts, part => encoder.embed(part))) }
    } finally {
      await encoder.close()
    }
  }
  const { runOf, randomSeed } = seedsOf(runs)
  return {
    trained: {
      title: 'trained encoder',
      key: seed => runOf(seed).directory,
      data: seed => through(openEncoder(runOf(seed), options)),
    },
    random: {
      title: 'random initialisation',
      key: seed => `${randomSeed(seed)}`,
      data: seed => through(untrainedEncoder(runOf(seed), parts.training, { ...options, seed: randomSeed(seed) })),
    },
    raw: {
      title: 'raw pixels',
      key: () => 'pixels',
      data: async () => ({ ...about(parts), ...(await labelled(parts, pixels)) }),
    },
    ...(imageIn(parts.training.channels).colours === 3 && {
      colours: {
        title: 'colours',
        key: () => 'colours',
        data: async () => ({ ...about(parts), ...(await labelled(parts, colours)) }),
      },
    }),
  }
}

/** What the pictures are without any form. */
function colours(samples: SampleSet): Features {
  const image = imageIn(samples.channels)
  return colourHistograms(samples.as<{ image: Wanted<'image'> }>({ image }), 'image')
}

/** Means over time, and beside them means and deviations, unless one of the two is asked for. */
function ofRecordings(runs: Runs, parts: LabelledParts, options: EmbedderOptions): Each<Source> {
  return eachOf(soundSourcesOf(runs, parts.training, options), ({ open, ...source }) => ({
    ...source,
    async data(seed) {
      const hearer = await open(seed)
      try {
        const wide = await labelled(parts, part => hearer.vectors(part))
        const first = options.pool === 'mean-sd' ? wide : { training: means(wide.training), test: means(wide.test) }
        return { ...about(parts), ...first, ...(options.pool === undefined && { wide }) }
      } finally {
        await hearer.close()
      }
    },
  }))
}

/** The first half of each row. */
function means({ features: { values, count, width }, labels }: Labelled): Labelled {
  const half = width / 2
  const first = new Float32Array(count * half)
  for (let row = 0; row < count; row++) first.set(values.subarray(row * width, row * width + half), row * half)
  return { features: { values: first, count, width: half }, labels }
}
