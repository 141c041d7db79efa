/** Of the metrics or measures of a method that guesses codes: what has to be known to tell that they have collapsed. */
export interface CodeFigures {
  readonly accuracy?: number | undefined
  /** Of the codes that are guessed, all groups added up */
  readonly perplexity?: number | undefined
  /** The contrastive part of the loss, and what it is when nothing is known */
  readonly contrast?: number | undefined
  readonly contrastChance?: number | undefined
}

/** So easy is no task that has something to teach, unless there are many codes */
const TOO_EASY = 0.95
const FEW_CODES = 10
/** Share of chance that the loss differs by when contexts, or targets, are all alike */
const EXACT = 0.01

/** Whether nearly all frames have the same code: guesses are right, and mean nothing. */
export const fewCodes = ({ accuracy = 0, perplexity = Number.POSITIVE_INFINITY }: CodeFigures): boolean =>
  accuracy > TOO_EASY && perplexity < FEW_CODES

/** Whether guesses are as good as of a network that makes the same of everything. */
export const contrastAtChance = ({ contrast, contrastChance }: CodeFigures): boolean =>
  contrast !== undefined &&
  contrastChance !== undefined &&
  contrastChance > 0 &&
  Math.abs(contrast - contrastChance) < EXACT * contrastChance

/** The same in a sentence. */
export const fewCodesTold = ({ accuracy = 0, perplexity = 0 }: CodeFigures): string =>
  `the codes have collapsed: ${(100 * accuracy).toFixed(1)} % are guessed right, but their perplexity is ${perplexity.toFixed(1)}, so nearly all frames have the same few`
export const contrastTold = ({ contrast = 0 }: CodeFigures): string =>
  `the contrastive loss is ${contrast.toFixed(2)}, which is what it is when nothing is known: frames are all alike to the network, or their codes are`

/** What helps where codes are learnt; where they are not, the data is to blame. */
export const codesAdvice = (method: string): string => advice[method] ?? alike

const advice: Readonly<Record<string, string>> = {
  wav2vec2:
    'Train again with --set diversity=0.5, or with --set quantise=false; or take hubert or best-rq, whose codes cannot collapse.',
  'vq-wav2vec':
    'Train again with --set diversity=0.5, or with the other --set quantiser; or take wav2vec, which has no codes.',
}
const alike = 'The recordings are nearly all alike or silent: leave those out.'
