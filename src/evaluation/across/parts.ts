import { learnAndTest, type SampleSet, shuffled } from '../../data/index.js'
import { LacunaError } from '../../errors.js'

/** Pairs that are searched among: R@10 of 1,000 is what others tell as well */
const MOST = 1000

export interface Parts {
  /** What words and colours are learnt from */
  readonly training: SampleSet
  /** What is searched among */
  readonly test: SampleSet
  readonly notes: readonly string[]
}

/**
 * What is learnt from and what is scored on: as the data says, or a fifth, no group parted.
 * @param apart data of its own to search among, all of it; the other is then learnt from but for its own test part
 * @throws LacunaError where one of the two has too few pairs
 */
export function partsOf(pairs: SampleSet, apart?: SampleSet): Parts {
  if (apart !== undefined) return partsApart(pairs, apart)
  const { training, test, marked } = learnAndTest(pairs.items)
  if (test.length < 2 || training.length < 2)
    throw new LacunaError(
      `${pairs.source}: ${test.length} pairs held out and ${training.length} others; at least 2 of each are needed, of different groups: give a test part`,
    )
  const notes = marked
    ? []
    : ['The data has no test part: one fifth was held out here, and the training may have seen it.']
  return { training: pairs.subset(training), ...searched(pairs, test, notes) }
}

function partsApart(pairs: SampleSet, apart: SampleSet): Parts {
  if (apart.items.length < 2)
    throw new LacunaError(`${apart.source}: one pair to search among; at least 2 are needed: give more`)
  const others = pairs.items.flatMap(({ split }, i) => (split === 'train' || split === undefined ? [i] : []))
  const training = others.length > 0 ? pairs.subset(others) : pairs
  const note = `Words and colours are learnt from ${pairs.source}; searched is among those of ${apart.source}.`
  return { training, ...searched(apart, [...apart.items.keys()], [note]) }
}

function searched(pairs: SampleSet, held: ArrayLike<number>, notes: readonly string[]): Omit<Parts, 'training'> {
  if (held.length <= MOST) return { test: pairs.subset(held), notes }
  const chosen = shuffled(held.length, 0, 0)
    .slice(0, MOST)
    .map(i => held[i] ?? 0)
    .sort()
  return {
    test: pairs.subset(chosen),
    notes: [...notes, `${MOST} of ${held.length} held-out pairs were searched among.`],
  }
}
