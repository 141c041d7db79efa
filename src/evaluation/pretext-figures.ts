import type { SampleKind } from '../data/media.js'

/** One figure of the task itself on held-out pictures, and what it is worth without learning. */
export interface PretextMeasure {
  readonly name: string
  readonly value: number
  readonly better: 'higher' | 'lower'
  readonly baselines: Readonly<Record<string, number>>
  /** The same on white noise, where a method claims that there is nothing to find, and what it cannot be better than there */
  readonly noise?: number
  readonly noiseBound?: number
  /** Standard error of the value over the batches; none where there was one batch */
  readonly error?: number
}

/** `pretext.json` */
export interface Pretext {
  readonly method: string
  /** What it was measured on; pictures unless told */
  readonly medium?: SampleKind
  /** What the samples are, where they are neither pictures nor recordings as they are */
  readonly counted?: string
  /** Steps that the run had taken */
  readonly step: number
  /** Samples it was measured on */
  readonly pictures: number
  /** Samples that there are, where not all of them were measured */
  readonly of?: number
  /** Whether the training has not seen them: they are the test part of the data */
  readonly heldOut: boolean
  readonly measures: readonly PretextMeasure[]
  readonly notes: readonly string[]
  /** What looks like a shortcut, or like nothing learnt */
  readonly alarms: readonly string[]
}
