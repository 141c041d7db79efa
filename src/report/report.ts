import type { SampleKind } from '../data/media.js'
import type { AcrossEvaluation } from '../evaluation/across/evaluate.js'
import type { Evaluation } from '../evaluation/evaluate.js'
import type { FrameEvaluation } from '../evaluation/frames/evaluate.js'
import type { Collapse } from '../evaluation/health.js'
import type { Pretext } from '../evaluation/pretext.js'
import type { MetricsLine } from '../runs/metrics.js'
import type { Verdict } from './verdict/verdict.js'

/** Everything the page of a run shows, as data; what is not there has no section. All text is plain text. */
export interface RunReport {
  /** For example `simclr on 3,786 pictures` */
  readonly title: string
  /** What was done, in a line */
  readonly subtitle: string
  readonly verdict?: Verdict | undefined
  /** What the run learns from; pictures unless told */
  readonly medium?: SampleKind | undefined
  /** What is wrong, a sentence each */
  readonly alarms: readonly string[]
  /** What to know about the data and the vectors, a sentence each */
  readonly notes: readonly string[]
  readonly method: { readonly name: string; readonly shown: string; readonly hidden: string; readonly paper: string }
  readonly facts: readonly { readonly label: string; readonly value: string }[]
  /** The curve of the training */
  readonly metrics: readonly MetricsLine[]
  readonly evaluation?: Evaluation | undefined
  readonly frames?: FrameEvaluation | undefined
  readonly across?: AcrossEvaluation | undefined
  readonly pretext?: Pretext | undefined
  /** What is shown and guessed */
  readonly views?: Gallery | undefined
  readonly neighbours?: Gallery | undefined
  readonly map?: PictureMap | undefined
  readonly health?: Health | undefined
  /** How to repeat the run */
  readonly command: string
  /** What that does not repeat, in a sentence */
  readonly notRepeated?: string | undefined
}

/** Pictures in rows, each with a name. */
export interface Gallery {
  /** What is to be seen, in a sentence or two */
  readonly caption: string
  /** Headings over the columns; none where empty */
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Exhibit[])[]
}

/** One picture that is to be looked at. */
export interface Exhibit {
  /** A data URI; of words alone there is none */
  readonly source?: string
  /** What its file is called, as a whole; shortened where it is shown */
  readonly name?: string | undefined
  readonly label?: string | undefined
  /** Of neighbours: whether the label is that of the picture they are near to */
  readonly same?: boolean | undefined
  /** What is to be heard: a data URI */
  readonly sound?: string | undefined
}

export type Pictured = Exhibit & { readonly source: string }

/** Pictures as points on a plane. */
export interface PictureMap {
  readonly points: readonly MapPoint[]
  /** Share of the variance that each axis holds, 0 … 1 */
  readonly shares: readonly number[]
  /** Of some points: the picture itself */
  readonly exhibits: readonly (Pictured & { readonly point: number })[]
}

export interface MapPoint {
  readonly x: number
  readonly y: number
  readonly label: string | undefined
}

export interface Health extends Collapse {
  /** Pictures whose vectors were looked at */
  readonly pictures: number
}
