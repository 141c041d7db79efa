import type { CodeFigures } from '../../runs/collapse.js'
import type { MetricsLine } from '../../runs/metrics.js'

/** A mean over part of a curve, and how far it may be off by the noise of single batches. */
export interface Level {
  readonly mean: number
  /** Standard error of the mean */
  readonly error: number
}

/** What a curve of losses says, in the units of the loss. */
export interface CurveReading {
  /** The loss of a network that knows nothing */
  readonly chance: number
  readonly steps: number
  /** The first loss there is: of some methods far above chance */
  readonly first: number
  /** Over the last tenth of the steps */
  readonly end: Level
  /** Over the tenth that follows the middle */
  readonly middle: Level
  /** The lowest tenth of all */
  readonly best: Level
  /** Share of the guesses that were right over the last tenth, where the method counts them */
  readonly accuracy: number | undefined
  /** What share luck gets right, where the method knows it or the loss without knowledge is that of a guess among n */
  readonly luck: number | undefined
  /** The same of what tells whether codes have collapsed */
  readonly codes: CodeFigures
}

const PARTS = 10
/** Rounding of a logarithm in 32 bits */
const WHOLE = 1e-5
/** Of so few lines all are looked at for their noise; of more the later half, where the curve is less steep */
const MOST_EVEN = 10

/**
 * Reads the curve of a training by tenths of its steps: means over a tenth are steadier than single batches.
 *
 * @param lines by ascending step; each is a mean over the steps since the one before
 * @returns undefined for a curve without a finite loss
 */
export function readCurve(lines: readonly MetricsLine[]): CurveReading | undefined {
  const finite = lines.filter(({ loss }) => Number.isFinite(loss))
  const last = finite.at(-1)
  if (last === undefined) return undefined
  const tenths = Array.from({ length: PARTS }, (_, i) => {
    const [from, to] = [(i * last.step) / PARTS, ((i + 1) * last.step) / PARTS]
    const within = finite.filter(({ step }) => step > from && step <= to)
    // where lines are few, the next one covers this tenth too
    const covering = finite.find(({ step }) => step >= to) ?? last
    return within.length > 0 ? within : [covering]
  })
  const noise = noiseOf(finite.slice(-Math.max(MOST_EVEN, Math.ceil(finite.length / 2))).map(({ loss }) => loss))
  const levels = tenths.map(tenth => ({
    mean: meanOf(tenth.map(({ loss }) => loss)),
    error: noise / Math.sqrt(tenth.length),
  }))
  const end = levels.at(-1) ?? { mean: last.loss, error: noise }
  const lately = (metric: string) => {
    const values = (tenths.at(-1) ?? []).flatMap(({ [metric]: value }) => (value === undefined ? [] : [value]))
    return values.length > 0 ? meanOf(values) : undefined
  }
  const accuracy = lately('accuracy')
  return {
    chance: last.chance,
    steps: last.step,
    first: finite[0]?.loss ?? last.loss,
    end,
    middle: levels[PARTS / 2] ?? end,
    best: levels.reduce((best, level) => (level.mean < best.mean ? level : best), end),
    accuracy,
    luck: lately('accuracyChance') ?? luckOf(last.chance),
    codes: {
      accuracy,
      perplexity: lately('perplexity'),
      contrast: lately('contrast'),
      contrastChance: lately('contrastChance'),
    },
  }
}

/** ln n is the loss of a guess among n; other losses have other parts, or answers that are not alike likely. */
function luckOf(chance: number): number | undefined {
  const among = Math.exp(chance)
  return Math.abs(among - Math.round(among)) < WHOLE * among ? 1 / among : undefined
}

/** The deviation of single lines, by how much each differs from the one before: a curve may fall, and is not noise. */
function noiseOf(values: readonly number[]): number {
  const steps = values.slice(1).map((value, i) => (value - (values[i] ?? value)) ** 2)
  return steps.length === 0 ? 0 : Math.sqrt(meanOf(steps) / 2)
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
