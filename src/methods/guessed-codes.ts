import { perplexity } from '../losses/codes.js'
import { crossEntropy } from '../losses/cross-entropy.js'
import { entropy, weightedMean } from '../losses/soft-cross-entropy.js'
import { shareAmong } from '../nn/audio/code-usage.js'
import { concat } from '../tensor/movement.js'
import { range } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { nearestShown } from '../views/audio/nearest-shown.js'
import type { Comparison, Measure } from './method.js'

/** Codes of frames, guessed where the frames were hidden. */
export interface GuessedCodes {
  /** [N, T, V] of each book */
  readonly logits: readonly Tensor[]
  /** int [N, T, books] */
  readonly codes: Tensor
  /** bool [N, T] */
  readonly hidden: Tensor
  /** bool [N, T] */
  readonly there: Tensor
  /** bool [N, T]: the hidden frames whose code is of nothing that is shown; unknown unless told */
  readonly unheard?: Tensor | undefined
}

/** How often each code is the right one, by book: what a guess without input is made of. */
export type Counts = readonly (readonly number[])[]

/** Codes that no frame had are not impossible */
const UNSEEN = 0.5

/** How common each code is. */
export const shareOf = (counts: readonly number[]): number[] => {
  const total = counts.reduce((sum, count) => sum + count + UNSEEN, 0)
  return counts.map(count => (count + UNSEEN) / total)
}

/** How many of `codes` there are of each: of the frames that are there. */
export function countsOf(codes: Float32Array, there: Float32Array, size: { codes: number; books: number }): number[][] {
  const counts = range(size.books).map(() => Array<number>(size.codes).fill(0))
  codes.forEach((code, i) => {
    const own = counts[i % size.books]
    if (own !== undefined && there[Math.floor(i / size.books)] === 1) own[code] = (own[code] ?? 0) + 1
  })
  return counts
}

/** exp of the entropy: how many codes there are, the rare ones counted less. */
export const perplexityOf = (counts: readonly number[]): number => {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return Math.exp(entropy(counts.map(count => count / (total || 1))))
}

/** The same of several groups of codes, one after the other, added up. */
export const perplexitiesOf =
  (groups: number) =>
  (shares: readonly number[]): number =>
    range(groups).reduce(
      (sum, g) => sum + perplexityOf(shares.slice((g * shares.length) / groups, ((g + 1) * shares.length) / groups)),
      0,
    )

/** How many codes there are over all that was examined. @param share [G, V], of a batch */
export const codesMeasured = (share: Tensor): Readonly<Record<string, Measure>> => ({
  'code perplexity': {
    value: share.reshape(-1),
    figure: perplexitiesOf(share.size(0)),
    better: 'higher',
    baselines: {},
  },
  'share of codes in use': {
    value: share.reshape(-1),
    figure: shares => shares.filter(each => each > 0).length / shares.length,
    better: 'higher',
    baselines: {},
  },
})

/** Means over the books. */
const meanOf = (figures: readonly Tensor[]): Tensor =>
  figures.reduce((sum, figure) => sum.add(figure)).div(figures.length)
const meanNumber = (figures: readonly number[]): number => figures.reduce((sum, x) => sum + x, 0) / figures.length

/** The loss without any knowledge but how common each code is, in nats. */
export const unigramOf = (counts: Counts): number => meanNumber(counts.map(each => entropy(shareOf(each))))

function figuresOf({ logits, codes, hidden, there }: GuessedCodes, counts: Counts) {
  const [n, length] = [codes.size(0), codes.size(1)]
  const weight = hidden.cast('float').reshape(-1)
  const shown = there.and(hidden.not())
  const nearest = nearestShown(shown)
  const each = logits.map((logits, book) => {
    const truth = codes.slice(2, book, book + 1).reshape(n, length)
    const [flat, size] = [truth.reshape(-1), logits.size(-1)]
    const share = shareOf(counts[book] ?? [])
    const commonest = share.indexOf(Math.max(...share))
    const rows = logits.reshape(-1, size)
    const mean = (x: Tensor) => weightedMean(x.cast('float').reshape(-1), weight)
    return {
      ...crossEntropy(rows, flat, weight),
      copied: mean(truth.takeAlong(nearest, 1).equal(truth)),
      commonest: mean(flat.equal(constant(commonest, [1], 'int'))),
      unigram: mean(constant(share.map(Math.log)).gather(flat).neg()),
      guessed: shareAmong(rows.argmax(-1), weight, size),
      right: shareAmong(flat, weight, size),
      flat,
      rows,
    }
  })
  type Figures = Omit<(typeof each)[number], 'flat' | 'rows'>
  const over = (name: keyof Figures) => meanOf(each.map(figures => figures[name]))
  return { each, over, weight: weight.sum(), size: logits[0]?.size(-1) ?? 1 }
}

/** Cross entropy over the frames that were hidden. */
export function codesCompared(guessed: GuessedCodes, counts: Counts): Comparison {
  const { over, weight } = figuresOf(guessed, counts)
  return {
    loss: over('loss'),
    metrics: {
      accuracy: over('accuracy'),
      copied: over('copied'),
      perplexity: perplexity(over('right')),
      guessedPerplexity: perplexity(over('guessed')),
    },
    chance: unigramOf(counts),
    weight,
  }
}

/** The task on other recordings, beside what needs no learning. */
export function codesExamined(guessed: GuessedCodes, counts: Counts): Readonly<Record<string, Measure>> {
  const { each, over, size } = figuresOf(guessed, counts)
  return {
    accuracy: {
      value: over('accuracy'),
      better: 'higher',
      baselines: {
        chance: 1 / size,
        'the commonest code': over('commonest'),
        'copied from the nearest frame that is shown': over('copied'),
      },
    },
    'cross entropy': {
      value: over('loss'),
      better: 'lower',
      baselines: { 'how common each code is': over('unigram') },
    },
    ...(guessed.unheard && { 'accuracy where nothing of it is heard': unheardMeasured(each, guessed.unheard) }),
    ...codesMeasured(over('right').reshape(1, size)),
    'perplexity of the guesses': {
      value: over('guessed'),
      figure: perplexityOf,
      better: 'higher',
      baselines: {},
    },
  }
}

/** A share of the frames that count, for `shareOfAll`: batches have different numbers of them, and some none. @returns [2] */
export function asShare(share: Tensor, weight: Tensor): Tensor {
  const count = weight.sum().reshape(1)
  return concat([share.reshape(1).mul(count), count], 0)
}

/** Over all batches; none where no frame counted. */
export const shareOfAll = ([found = 0, count = 0]: readonly number[]): number | undefined =>
  count > 0 ? found / count : undefined

/**
 * Codes of frames beside which others are hidden too. What is heard before and after overlaps with none of them, so that in white
 * noise nothing is told by it: there no guess is better than always the code that is the commonest.
 */
function unheardMeasured(each: readonly { flat: Tensor; rows: Tensor }[], unheard: Tensor): Measure {
  const weight = unheard.cast('float').reshape(-1)
  const over = (of: (book: { flat: Tensor; rows: Tensor }) => Tensor) => asShare(meanOf(each.map(of)), weight)
  const commonest = 'always the commonest of these'
  return {
    value: over(({ rows, flat }) => weightedMean(rows.argmax(-1).equal(flat).cast('float'), weight)),
    figure: shareOfAll,
    better: 'higher',
    baselines: { [commonest]: over(({ rows, flat }) => shareAmong(flat, weight, rows.size(-1)).max(-1)) },
    boundOnNoise: commonest,
  }
}

/** The likeliest and the right codes of the first book: int [N, T] */
export function guessed({ logits: [logits], codes }: GuessedCodes): { guess: Tensor; truth: Tensor } {
  const truth = codes.slice(2, 0, 1).reshape(codes.size(0), codes.size(1))
  return { guess: logits === undefined ? truth : logits.argmax(-1), truth }
}

/** Codes that are in use below which there is next to nothing to guess */
const FEW = 10

/** What the user should know of the targets before a step is trained. */
export function toldCodes(counts: Counts): string[] {
  const each = counts.map(perplexityOf)
  const [least, size] = [Math.min(...each), counts[0]?.length ?? 0]
  const used = meanNumber(counts.map(own => own.filter(count => count > 0).length / Math.max(1, own.length)))
  const told = `the targets are ${size} codes, ${Math.round(100 * used)} % of which occur, with a perplexity of ${Number(least.toPrecision(3))}`
  return least < FEW
    ? [
        `${told}: that is next to nothing to guess. Recordings that are nearly all silence or alike do so; leave out the silent ones`,
      ]
    : [told]
}
