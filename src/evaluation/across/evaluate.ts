import { seenAs } from '../../channels/bound.js'
import type { SampleSet } from '../../data/index.js'
import { LacunaError } from '../../errors.js'
import { type OpenedRun, runsOf } from '../../runs/run.js'
import { accuracyOf, countsOf } from '../baselines.js'
import { colourHistograms } from '../colour-histograms.js'
import { type Features, pickRows } from '../features.js'
import { type RetrievalResult, retrievePairs } from '../retrieval.js'
import { ridge } from '../ridge.js'
import { type Runs, seedsOf } from '../seeds.js'
import { mean, sampleDeviation } from '../statistics.js'
import { partsOf } from './parts.js'
import { bagsOfWords } from './plain.js'
import { openShared, type SharedOptions, type SharedSpace, sharedChannels, untrainedShared } from './shared.js'
import { ensembled, promptsOf, TEMPLATES, zeroShot } from './zero-shot.js'

const KS = [1, 5, 10]
/** Penalty of the regression of words on colours */
const RIDGE = 0.1

/** One figure, over the runs. */
export interface Figure {
  readonly mean: number
  /** 0 where there is one run only */
  readonly sd: number
  readonly seeds: readonly number[]
}
export type Figures = Readonly<Record<string, Figure>>

/** Figures of a task, of each that takes part. */
export interface AcrossTask {
  /** `image → text`, or `classes by their names` */
  readonly name: string
  readonly trained: Figures
  /** The same networks at random initialisation */
  readonly random: Figures
  /** Without any network: what colours tell of words, learnt from the training pairs */
  readonly plain?: Figures
  /** Guessing, and of classes the commonest */
  readonly chance: Readonly<Record<string, number>>
  /** How many were looked for, or told */
  readonly asked: number
}

/** What channels tell of one another in the space that they share: `across.json`. */
export interface AcrossEvaluation {
  readonly method: string
  /** Those that the data has: of one alone only classes are told */
  readonly channels: readonly string[]
  /** Held out, and searched among where there are two channels */
  readonly pairs: number
  readonly runs: number
  /** Steps that each run had taken when it was evaluated */
  readonly steps: readonly number[]
  readonly tasks: readonly AcrossTask[]
  readonly notes: readonly string[]
}

export interface AcrossOptions extends SharedOptions {
  /** What the names of classes are put into; those of `TEMPLATES` unless told */
  readonly templates?: readonly string[]
  /** Pairs to search among, all of them, in place of those held out */
  readonly test?: SampleSet
  readonly onProgress?: (stage: string) => void
}

/** Whether runs have what this evaluation is about. */
export const comparesChannels = ([run]: Runs): boolean => Object.keys(sharedChannels(run.assembly())).length >= 2

/** Of the channels that runs compare, those that some data has. */
export const channelsHeld = ([run]: Runs, { channels }: Pick<SampleSet, 'channels'>): string[] =>
  Object.entries(sharedChannels(run.assembly())).flatMap(([name, { kind }]) =>
    Object.values(channels).some(channel => seenAs(kind, channel).kind === kind) ? [name] : [],
  )

/**
 * Retrieval both ways between two channels of held-out pairs, and classes told by their names where there are labels and texts. Pairs of
 * one text are all right answers of each other. An item's rank is 1 + those nearer + half of those as near: where all is equal it is in
 * the middle.
 *
 * @param from a run or several, the folder of one, or of several
 * @param pairs with both channels, or labelled and with what is not text of them
 * @throws LacunaError when the runs compare no channels, too few pairs are held out, or there is nothing to tell
 */
export async function evaluateAcross(
  from: string | OpenedRun | readonly OpenedRun[],
  pairs: SampleSet,
  options: AcrossOptions = {},
): Promise<AcrossEvaluation> {
  const runs = runsOf('evaluateAcross', from)
  const [run] = runs
  if (!comparesChannels(runs))
    throw new LacunaError(`${run.directory}: ${run.config.method} compares no channels with each other`, 2)
  const { training, test, notes } = partsOf(pairs, options.test)
  const { randomSeed } = seedsOf(runs)
  const { channels } = run.assembly()
  const held = channelsHeld(runs, pairs).filter(name => channelsHeld(runs, test).includes(name))
  const about: About = {
    ...{ pairs: test, channels: held, textFirst: channels[held[0] ?? '']?.kind === 'text' },
    ...{ textsOf: textsIn(channels), options },
  }
  const trained: Scores[] = []
  const random: Scores[] = []
  for (const [seed, own] of runs.entries()) {
    options.onProgress?.(`comparing channels, run ${seed + 1} of ${runs.length}`)
    trained.push(await within(openShared(own, options), space => scored(space, about)))
    const untrained = untrainedShared(own, training, { ...options, seed: randomSeed(seed) })
    random.push(await within(untrained, space => scored(space, about)))
  }
  options.onProgress?.('comparing colours with words')
  const plain = await plainly(training, about)
  const names = Object.keys(trained[0]?.figures ?? {})
  if (names.length === 0)
    throw new LacunaError(
      `${pairs.source}: of what ${run.config.method} compares it has ${held.join(', ') || 'nothing'} alone, and no two classes to tell by their names; give pairs, or labels`,
    )
  const tasks = names.map((name): AcrossTask => {
    const own = plain?.[name]
    return {
      name,
      trained: over(trained.map(({ figures }) => figures[name])),
      random: over(random.map(({ figures }) => figures[name])),
      ...(own && { plain: over([own]) }),
      chance: trained[0]?.chance[name] ?? {},
      asked: trained[0]?.asked[name] ?? 0,
    }
  })
  return {
    ...{ method: run.config.method, channels: held, pairs: test.items.length, runs: runs.length },
    steps: runs.map(run => run.checkpoint().step),
    tasks,
    notes,
  }
}

interface About {
  readonly pairs: SampleSet
  readonly channels: readonly string[]
  /** Whether the first of them is of texts */
  readonly textFirst: boolean
  readonly textsOf: (set: SampleSet) => readonly string[] | undefined
  readonly options: AcrossOptions
}
type Numbers = Readonly<Record<string, number>>
interface Scores {
  readonly figures: Readonly<Record<string, Numbers>>
  readonly chance: Readonly<Record<string, Numbers>>
  readonly asked: Numbers
}

/** The texts of records, where the method reads some: the first of each. */
const textsIn = (channels: Readonly<Record<string, { readonly kind: string }>>) => (set: SampleSet) => {
  const wanted = Object.values(channels).some(({ kind }) => kind === 'text')
  const [name] = Object.entries(set.channels).find(([, { kind }]) => kind === 'text') ?? []
  return wanted && name !== undefined ? set.items.map((_, i) => set.textsOf(name, i)[0] ?? '') : undefined
}

async function scored(space: SharedSpace, about: About): Promise<Scores> {
  const { pairs, channels, options } = about
  const features: Record<string, Features> = {}
  for (const name of channels) features[name] = await space.embed(pairs, name)
  const [left, right] = Object.values(features)
  const retrieved = left && right && (await bothWays(left, right, about))
  const named = await byName(space, features, about, options.templates ?? TEMPLATES)
  return {
    figures: { ...retrieved?.figures, ...named?.figures },
    chance: { ...retrieved?.chance, ...named?.chance },
    asked: { ...retrieved?.asked, ...named?.asked },
  }
}

async function bothWays(left: Features, right: Features, { pairs, channels, textsOf }: About): Promise<Scores> {
  const keys = textsOf(pairs) ?? pairs.items.map(({ name }) => name)
  const numbers = new Map([...new Set(keys)].map((key, i) => [key, i]))
  const labels = Int32Array.from(keys, key => numbers.get(key) ?? -1)
  const { leftToRight, rightToLeft } = await retrievePairs(left, right, KS, { labels })
  const ways = [
    [`${channels[0]} → ${channels[1]}`, leftToRight],
    [`${channels[1]} → ${channels[0]}`, rightToLeft],
  ] as const
  const told = ({ recall, medianRank }: RetrievalResult): Numbers => ({
    ...Object.fromEntries(KS.map(k => [`R@${k}`, recall.get(k) ?? Number.NaN])),
    'median rank': medianRank,
  })
  return {
    figures: Object.fromEntries(ways.map(([name, result]) => [name, told(result)])),
    chance: Object.fromEntries(
      ways.map(([name, { chance }]) => [
        name,
        {
          ...Object.fromEntries(KS.map(k => [`R@${k}`, chance.get(k) ?? Number.NaN])),
          'median rank': (1 + keys.length) / 2,
        },
      ]),
    ),
    asked: Object.fromEntries(ways.map(([name]) => [name, keys.length])),
  }
}

const NAMED = 'classes by their names'

async function byName(
  space: SharedSpace,
  features: Readonly<Record<string, Features>>,
  { pairs }: About,
  templates: readonly string[],
): Promise<Scores | undefined> {
  const [image] = Object.entries(space.channels).find(([name, { kind }]) => kind !== 'text' && name in features) ?? []
  const reads = Object.values(space.channels).some(({ kind }) => kind === 'text')
  const classes = [...new Set(pairs.items.flatMap(({ label }) => label ?? []))].sort()
  const own = features[image ?? '']
  if (own === undefined || !reads || classes.length < 2) return undefined
  const known = pairs.items.flatMap(({ label }, i) => (label === undefined ? [] : [i]))
  const labels = Int32Array.from(known, i => classes.indexOf(pairs.items[i]?.label ?? ''))
  const texts = await space.embedTexts(promptsOf(classes.map(spoken), templates))
  const { accuracy, balanced } = zeroShot(pickRows(own, known), labels, ensembled(texts, classes.length))
  const counts = countsOf(labels, classes.length)
  const commonest = new Int32Array(labels.length).fill(counts.indexOf(Math.max(...counts)))
  return {
    figures: { [NAMED]: { accuracy, 'balanced accuracy': balanced } },
    chance: { [NAMED]: { accuracy: accuracyOf(commonest, labels), 'balanced accuracy': 1 / classes.length } },
    asked: { [NAMED]: known.length },
  }
}

/** `signs_and_symbols` as people say it */
const spoken = (label: string): string =>
  label
    .replaceAll(/[_\s]+/g, ' ')
    .trim()
    .toLowerCase()

/** What colours tell of words: regressed on the training pairs. Of pairs of pictures and texts only. */
async function plainly(training: SampleSet, about: About): Promise<Scores['figures'] | undefined> {
  const { pairs, textsOf } = about
  const [known, asked] = [textsOf(training), textsOf(pairs)]
  const [image] = Object.entries(pairs.channels).find(([, { kind }]) => kind === 'image') ?? []
  if (known === undefined || asked === undefined || image === undefined) return undefined
  const bags = bagsOfWords(known)
  const tell = ridge(colourHistograms(training, image), bags(known), { penalty: RIDGE })
  const [seen, read] = [tell(colourHistograms(pairs, image)), bags(asked)]
  // in the order in which the method has them
  return (await (about.textFirst ? bothWays(read, seen, about) : bothWays(seen, read, about))).figures
}

const over = (all: readonly (Numbers | undefined)[]): Figures =>
  Object.fromEntries(
    Object.keys(all[0] ?? {}).map(name => {
      const seeds = all.map(numbers => numbers?.[name] ?? Number.NaN)
      return [name, { mean: mean(seeds), sd: seeds.length > 1 ? sampleDeviation(seeds) : 0, seeds }]
    }),
  )

async function within<T>(opening: Promise<SharedSpace>, work: (space: SharedSpace) => Promise<T>): Promise<T> {
  const space = await opening
  try {
    return await work(space)
  } finally {
    await space.close()
  }
}
