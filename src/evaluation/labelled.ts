import { findAudio, findFilm, findImage, imageIn } from '../channels/bound.js'
import type { Wanted } from '../channels/channel.js'
import { learnAndTest, type SampleSet, shuffled } from '../data/index.js'
import { media, type SampleKind } from '../data/media.js'
import { LacunaError } from '../errors.js'
import { countsOf } from './baselines.js'
import { type Features, featuresOf } from './features.js'

export interface LabelledParts {
  readonly training: SampleSet
  readonly test: SampleSet
  /** The labels that occur in either part, sorted */
  readonly classes: readonly string[]
  /** The number of each picture's class */
  readonly labels: { readonly training: Int32Array; readonly test: Int32Array }
  /** What to know about the parts, a sentence each */
  readonly notes: readonly string[]
}

/**
 * The labelled pictures to learn from and those to score on: as the data says, or one fifth for the test, groups kept together.
 * @param options.most samples to learn from, drawn at random
 * @param options.test a set of its own to score on, all of it; the other is then learnt from but for its own test part
 * @param options.seen pretraining saw these very samples; of others nobody knows
 * @throws LacunaError when there are no labels, one class only, or nothing in one of the parts
 */
export function labelledParts(
  pictures: SampleSet,
  {
    most = Number.POSITIVE_INFINITY,
    test: apart,
    seen = false,
  }: { readonly most?: number | undefined; readonly test?: SampleSet | undefined; readonly seen?: boolean } = {},
): LabelledParts {
  const many = manyIn(pictures)
  const { training: whole, test, notes } = apart ? partsApart(pictures, apart) : wholeParts(pictures, seen)
  const all = whole.items.length
  const training = all <= most ? whole : whole.subset(shuffled(all, 0, 0).slice(0, most).sort())
  const [learnt, tested] = [training, test].map(({ items }) => new Set(items.map(({ label }) => label)))
  const known = [...new Set([...pictures.classes, ...(apart?.classes ?? [])])].sort()
  const classes = known.filter(label => learnt?.has(label) || tested?.has(label))
  if ((learnt?.size ?? 0) < 2)
    throw new LacunaError(
      training === whole
        ? `all ${many} to learn from are of one class (${training.items[0]?.label}): there is nothing to tell apart; give the train part ${many} of two classes or more`
        : `--labelled ${most}: the ${many} drawn are of one class (${training.items[0]?.label}) of ${classes.length}; take more, at most ${all}`,
      2,
    )
  const unlearnt = classes.filter(label => !learnt?.has(label))
  const untested = classes.filter(label => !tested?.has(label))
  if (unlearnt.length > 0) notes.push(`In the test part only, so never told right: ${shortList(unlearnt)}.`)
  if (untested.length > 0) notes.push(`Not in the test part, so not scored: ${shortList(untested)}.`)
  const labels = { training: labelsOf(training, classes), test: labelsOf(test, classes) }
  return { training, test, classes, labels, notes }
}

/** 'a, b, c and 4 others' */
function shortList(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(', ')
  return names.length <= most ? shown : `${shown} and ${names.length - most} others`
}

/** What the samples of a set are. */
export function mediumIn({ channels }: Pick<SampleSet, 'channels'>): SampleKind {
  if (findImage(channels) === undefined && findAudio(channels) !== undefined) return 'audio'
  return findFilm(channels) === undefined ? 'image' : 'video'
}

/** The same in words, of several. */
export const manyIn = (set: Pick<SampleSet, 'channels'>): string => media[mediumIn(set)].many

interface WholeParts {
  readonly training: SampleSet
  readonly test: SampleSet
  readonly notes: string[]
}

/** @throws LacunaError where a set has no labels */
function labelledOf(set: SampleSet): SampleSet {
  const known = positionsWhere(set, ({ label }) => label !== undefined)
  if (known.length === 0) {
    const columns = [...new Set(set.items.flatMap(({ labels = {} }) => Object.keys(labels)))]
    const make = `put the ${manyIn(set)} of each class in a folder of its own, or give metadata.csv a column \`label\``
    throw new LacunaError(
      `no labels: ${columns.length > 0 ? `choose --label of ${columns.join(', ')}, or ` : ''}${make}`,
    )
  }
  return set.subset(known)
}

function partsApart(set: SampleSet, apart: SampleSet): WholeParts {
  const [all, test] = [labelledOf(set), labelledOf(apart)]
  const untested = positionsWhere(all, ({ split }) => split === 'train' || split === undefined)
  const training = untested.length > 0 ? all.subset(untested) : all
  const notes = [...unlabelledNote(set, all), ...unlabelledNote(apart, test)]
  return { training, test, notes: [`Learnt from ${set.source}, tested on ${apart.source}.`, ...notes] }
}

function unlabelledNote(whole: SampleSet, { items }: SampleSet): string[] {
  const without = whole.items.length - items.length
  if (without === 0) return []
  const of = `${without} of ${whole.items.length} ${manyIn(whole)} in ${whole.source}`
  return [`${of} ${without === 1 ? 'has' : 'have'} no ${whole.label ?? 'label'}: left out.`]
}

function wholeParts(pictures: SampleSet, seen: boolean): WholeParts {
  const all = labelledOf(pictures)
  const many = manyIn(pictures)
  if (pictures.classes.length < 2)
    throw new LacunaError(
      `one class only (${pictures.classes[0]}): there is nothing to tell apart; give ${many} of two classes or more`,
    )
  const { training, test, marked } = learnAndTest(all.items)
  if (marked && training.length === 0)
    throw new LacunaError(`all labelled ${many} are marked as test: there is nothing to learn from`)
  if (test.length === 0) throw new LacunaError(`too few labelled ${many} to keep a fifth for the test`)
  const told = seen
    ? `, and pretraining saw those ${many} too, without their labels.`
    : `. The run was trained on other data: whether those ${many} were among it is not known.`
  const notes = [
    ...unlabelledNote(pictures, all),
    ...(marked ? [] : [`The data has no test part: one fifth was kept for the test${told}`]),
  ]
  return { training: all.subset(training), test: all.subset(test), notes }
}

/** The number of each picture's class. */
const labelsOf = ({ items }: SampleSet, classes: readonly string[]): Int32Array =>
  Int32Array.from(items, ({ label }) => classes.indexOf(label ?? ''))

/**
 * The pictures themselves as vectors: [n, size · size · channels] in [0, 1]
 * @throws LacunaError where there are none
 */
export function pixels(samples: SampleSet): Features {
  const image = imageIn(samples.channels)
  const pictures = samples.as<{ image: Wanted<'image'> }>({ image })
  return featuresOf(
    Float32Array.from(pictures.gather(samples.items.map((_, i) => i)).image, value => value / 255),
    image.size ** 2 * image.colours,
  )
}

const FEW = [10, 100]
const ALL_UP_TO = 5000

/** 10 and 100 labels of each class where there are that many, and all of them when that is quick. */
export function defaultLabels(training: SampleSet, classes: readonly string[]): (number | 'all')[] {
  const smallest = smallestOf(countsOf(labelsOf(training, classes), classes.length))
  const few: (number | 'all')[] = FEW.filter(amount => amount <= smallest)
  return training.items.length <= ALL_UP_TO || few.length === 0 ? [...few, 'all'] : few
}

/**
 * The amounts in ascending order, each once.
 * @throws LacunaError (wrong usage) when one is no amount, or a class has fewer labelled pictures than are asked for
 */
export function checkedLabels(
  amounts: readonly (number | 'all')[] | undefined,
  training: SampleSet,
  classes: readonly string[],
): readonly (number | 'all')[] | undefined {
  const counts = countsOf(labelsOf(training, classes), classes.length)
  const fewest = smallestOf(counts)
  if (amounts?.length === 0) throw new LacunaError('--labels: at least one number, or all, is expected', 2)
  for (const amount of amounts ?? []) {
    if (amount !== 'all' && !(Number.isSafeInteger(amount) && amount >= 1))
      throw new LacunaError(`--labels ${amount}: whole numbers of at least 1, or all, are expected`, 2)
    const short = counts.findIndex(count => amount !== 'all' && count > 0 && count < amount)
    if (short >= 0)
      throw new LacunaError(
        `${amount} labels a class are asked for, but ${classes[short]} has ${counts[short]} labelled ${manyIn(training)} to learn from; choose --labels ${fewest} or less, or all`,
        2,
      )
  }
  return amounts && [...new Set(amounts)].sort((a, b) => size(a) - size(b))
}

const size = (amount: number | 'all'): number => (amount === 'all' ? Number.POSITIVE_INFINITY : amount)

/** Pictures of the smallest class that there is to learn from. @param counts of each class */
const smallestOf = (counts: readonly number[]): number => Math.min(...counts.filter(count => count > 0))

function positionsWhere({ items }: SampleSet, wanted: (item: SampleSet['items'][number]) => boolean): number[] {
  return items.flatMap((item, i) => (wanted(item) ? [i] : []))
}
