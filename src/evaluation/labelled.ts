import { type PictureSet, shuffled, splitByGroup } from '../data/index.js'
import { LacunaError } from '../errors.js'
import { countsOf } from './baselines.js'
import { type Features, featuresOf } from './features.js'

export interface LabelledParts {
  readonly training: PictureSet
  readonly test: PictureSet
  readonly notes: readonly string[]
}

const TEST_SHARE = 0.2

/**
 * The labelled pictures to learn from and those to score on: as the data says, or one fifth for the test, groups kept together.
 * @param most pictures to learn from, drawn at random
 * @throws LacunaError when there are no labels, one class only, or nothing in one of the parts
 */
export function labelledParts(pictures: PictureSet, most = Number.POSITIVE_INFINITY): LabelledParts {
  const parts = wholeParts(pictures)
  const { items } = parts.training
  if (items.length <= most) return parts
  const some = shuffled(items.length, 0, 0).slice(0, most).sort()
  return { ...parts, training: parts.training.subset(some) }
}

function wholeParts(pictures: PictureSet): LabelledParts {
  const known = positionsWhere(pictures, ({ label }) => label !== undefined)
  if (known.length === 0)
    throw new LacunaError(
      'no labels: put the pictures of each class in a folder of its own, or give metadata.csv a column `label`',
    )
  if (pictures.classes.length < 2)
    throw new LacunaError(
      `one class only (${pictures.classes[0]}): there is nothing to tell apart; give pictures of two classes or more`,
    )
  const all = pictures.subset(known)
  const tested = positionsWhere(all, ({ split }) => split === 'test')
  const notes: string[] = []
  if (tested.length > 0) {
    const training = positionsWhere(all, ({ split }) => split === 'train' || split === undefined)
    if (training.length === 0)
      throw new LacunaError('all labelled pictures are marked as test: there is nothing to learn from')
    return { training: all.subset(training), test: all.subset(tested), notes }
  }
  notes.push(
    'The data has no test part: one fifth was kept for the test, and pretraining saw those pictures too, without their labels.',
  )
  const [training, test] = splitByGroup(all.items, [1 - TEST_SHARE, TEST_SHARE], 0)
  if (training === undefined || test === undefined || test.length === 0)
    throw new LacunaError('too few labelled pictures to keep a fifth for the test')
  return { training: all.subset(training), test: all.subset(test), notes }
}

/** The number of each picture's class. */
export const labelsOf = ({ items }: PictureSet, classes: readonly string[]): Int32Array =>
  Int32Array.from(items, ({ label }) => classes.indexOf(label ?? ''))

/** The pictures themselves as vectors: [n, size · size · channels] in [0, 1] */
export function pixels(pictures: PictureSet): Features {
  const stored = pictures.gather(pictures.items.map((_, i) => i))
  return featuresOf(
    Float32Array.from(stored, value => value / 255),
    pictures.size ** 2 * pictures.channels,
  )
}

const FEW = [10, 100]
const ALL_UP_TO = 5000

/** 10 and 100 labels of each class where there are that many, and all of them when that is quick. */
export function defaultLabels(training: PictureSet, classes: readonly string[]): (number | 'all')[] {
  const smallest = Math.min(...countsOf(labelsOf(training, classes), classes.length))
  const few: (number | 'all')[] = FEW.filter(amount => amount <= smallest)
  return training.items.length <= ALL_UP_TO || few.length === 0 ? [...few, 'all'] : few
}

/** @throws LacunaError (wrong usage) when a class has fewer labelled pictures than are asked for */
export function checkedLabels(
  amounts: readonly (number | 'all')[] | undefined,
  training: PictureSet,
  classes: readonly string[],
): readonly (number | 'all')[] | undefined {
  const counts = countsOf(labelsOf(training, classes), classes.length)
  for (const amount of amounts ?? []) {
    const short = counts.findIndex(count => amount !== 'all' && count < amount)
    if (short >= 0)
      throw new LacunaError(
        `${amount} labels a class are asked for, but ${classes[short]} has ${counts[short]} labelled pictures to learn from; choose --labels ${Math.min(...counts)} or less, or all`,
        2,
      )
  }
  return amounts
}

function positionsWhere({ items }: PictureSet, wanted: (item: PictureSet['items'][number]) => boolean): number[] {
  return items.flatMap((item, i) => (wanted(item) ? [i] : []))
}
