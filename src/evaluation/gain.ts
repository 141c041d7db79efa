import type { Evaluation, Summary } from './evaluate.js'
import { sampleDeviation } from './statistics.js'

/** A share told right that is no more than this above another is none that anybody would use */
const POINT = 0.01
/** Standard errors that a difference must have to be believed */
const SURE = 2

/** What training has brought over random initialisation, in shares of balanced accuracy. */
export interface Gain {
  /** Of the column where it is largest */
  readonly share: number
  /** In no column at least a point, and two standard errors of the difference */
  readonly none: boolean
}

/** The gain of the trained encoder over the same one at random initialisation, over kNN and all probes. */
export function gainOf({ knns, probes, tested }: Pick<Evaluation, 'knns' | 'probes' | 'tested'>): Gain {
  const gains = [knns, ...probes].map(({ balanced }) => ({
    share: differenceOf(balanced),
    error: Math.hypot(errorOverSeeds(balanced), errorOfTest(balanced, tested)),
  }))
  return {
    share: Math.max(...gains.map(({ share }) => share)),
    none: gains.every(({ share, error }) => share < POINT || share < SURE * error),
  }
}

const differenceOf = ({ mean: { trained, random } }: Pick<Summary, 'mean'>): number => trained - random

/** Standard error of the difference, seed by seed: both are probed with the same labels. 0 where one seed says nothing of it. */
function errorOverSeeds({ seeds }: Summary): number {
  const differences = seeds.map(mean => differenceOf({ mean }))
  return differences.length < 2 ? 0 : sampleDeviation(differences) / Math.sqrt(differences.length)
}

/**
 * Standard error of the difference by which pictures happen to be tested, √(p (1 − p) / n): that of one share p, since what two
 * encoders get right agrees by about half.
 */
function errorOfTest({ mean: { trained, random } }: Summary, tested: number): number {
  const p = (trained + random) / 2
  return Math.sqrt((p * (1 - p)) / tested)
}
