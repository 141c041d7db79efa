import {
  type CodeFigures,
  codesAdvice,
  contrastAtChance,
  contrastTold,
  fewCodes,
  fewCodesTold,
} from '../runs/collapse.js'

/** Share of the steps after which a training that still guesses nothing is told of; codes that have collapsed are told of at once */
const EARLY = 0.25

/** Watches a training for codes that collapse, and tells it once. */
export function codesWatched(method: string, onNote: ((note: string) => void) | undefined) {
  let told = false
  return ({ step, steps, ...figures }: CodeFigures & { readonly step: number; readonly steps: number }): void => {
    const few = fewCodes(figures)
    if (told || !(few || (step > EARLY * steps && contrastAtChance(figures)))) return
    told = true
    const what = few ? `${fewCodesTold(figures)}. ${codesAdvice(method)}` : `${contrastTold(figures)}.`
    onNote?.(`step ${step}: ${what}`)
  }
}
