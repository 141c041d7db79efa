import { fewCodes, fewCodesTold } from '../runs/collapse.js'
import type { Pretext, PretextMeasure } from './pretext-figures.js'

/** Standard errors above chance that white noise may reach by luck */
const LUCK = 4
/** Share of a baseline, and standard errors, that a measure must be better by to be believed */
const BETTER = 0.02
const SURE = 2

/** What a pretext's figures give away: that nothing was learnt, or that it was learnt by a shortcut. */
export const alarmsOf = (pretext: Pick<Pretext, 'measures' | 'pictures'>): string[] => [
  ...collapsedCodes(pretext),
  ...atChance(pretext),
  ...shortcuts(pretext),
]

/** Codes that are nearly all the same are guessed right, and mean nothing. */
export function collapsedCodes(pretext: Pick<Pretext, 'measures'> | undefined): string[] {
  const figure = (name: string) => pretext?.measures.find(measure => measure.name === name)?.value
  const figures = { accuracy: figure('accuracy'), perplexity: figure('code perplexity') }
  return fewCodes(figures) ? [fewCodesTold(figures)] : []
}

/**
 * White noise has no parts that fit: an accuracy above chance on it comes from how the parts are cut, not from what they
 * show.
 */
export function shortcuts(pretext: Pick<Pretext, 'measures' | 'pictures'> | undefined): string[] {
  return (pretext?.measures ?? []).flatMap(({ name, better, noise, noiseBound: bound }) => {
    if (noise === undefined || bound === undefined) return []
    const found =
      better === 'higher'
        ? noise > bound + LUCK * Math.sqrt((bound * (1 - bound)) / (pretext?.pictures ?? 1))
        : noise < bound * (1 - BETTER)
    return found
      ? [
          `${name} on white noise is ${noise.toFixed(3)}, and ${bound.toFixed(3)} is what can be reached there without a look: the network has found a shortcut`,
        ]
      : []
  })
}

/** One sentence where no measure is better than the weakest of what needs no learning; none where one is. */
export function atChance({ measures }: Pick<Pretext, 'measures'>): string[] {
  const [first] = measures
  if (first === undefined || measures.some(beatsItsWeakest)) return []
  const [name, figure] = weakest(first) ?? []
  if (name === undefined || figure === undefined) return []
  return [
    `at chance: ${first.name} is ${first.value.toPrecision(4)}, and ${name} without any learning ${figure.toPrecision(4)}: the network has learnt nothing that holds for these pictures`,
  ]
}

function beatsItsWeakest(measure: PretextMeasure): boolean {
  const [, figure] = weakest(measure) ?? []
  if (figure === undefined) return false
  const gain = measure.better === 'higher' ? measure.value - figure : figure - measure.value
  return gain > Math.max(BETTER * Math.abs(figure), SURE * (measure.error ?? 0))
}

/** The baseline that is easiest to beat, and its figure. */
function weakest({ better, baselines }: PretextMeasure): readonly [string, number] | undefined {
  const sorted = Object.entries(baselines).sort(([, a], [, b]) => (better === 'higher' ? a - b : b - a))
  return sorted[0]
}
