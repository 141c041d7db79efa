/**
 * Self-supervised learning: an encoder is trained on pictures without labels, by hiding a part of each and predicting it.
 *
 * Here is what most programs need. `lacuna/method` has what methods of one's own are written with, beside `lacuna/tensor`,
 * `lacuna/nn`, `lacuna/losses` and `lacuna/views`; `lacuna/data`, `lacuna/evaluation` and `lacuna/report` have the parts.
 *
 * @module lacuna
 */

export type { Assembly } from './assembly/assemble.js'
export type { RunConfig } from './assembly/config.js'
export {
  type OpenOptions,
  openPictures,
  openRecordings,
  type PictureSet,
  type RecordingOptions,
  type RecordingSet,
  splitByGroup,
} from './data/index.js'
export { LacunaError } from './errors.js'
export {
  type Embedder,
  type EmbedderOptions,
  type EvaluateOptions,
  type Evaluation,
  type Exported,
  type ExportOptions,
  embed,
  evaluate,
  exportEncoder,
  type Features,
  l2Normalised,
  openEncoder,
  type Pretext,
  type PretextOptions,
  pretext,
  rowOf,
} from './evaluation/index.js'
export { writeEmbeddings } from './formats/index.js'
export { type MethodName, methods } from './methods/index.js'
export { defineMethod, type Method } from './methods/method.js'
export { defineEncoder, type Encoder, type EncoderDefinition } from './nn/encoder.js'
export { type EncoderName, encoderNames } from './nn/encoders.js'
export { type PretrainOptions, pretrain, type Run } from './pretrain.js'
export type { Products } from './program/lowering/emitter.js'
export type { Values } from './program/values.js'
export { evaluationText, progressLine, type Verdict, verdictText, writeRunReport } from './report/index.js'
export type { Checkpoint } from './runs/checkpoint.js'
export type { Additions } from './runs/definitions.js'
export type { MetricsLine } from './runs/metrics.js'
export { type OpenedRun, openRun, openRuns } from './runs/run.js'
export { readSettings, type Settings, settingsOf } from './runs/settings.js'
export type { SaveEvery } from './settings/kinds.js'
export type { DataSettings, Optimiser, TrainingSettings } from './settings/types.js'
export { type Preview, type PreviewColumn, type PreviewOptions, preview, previewRun } from './training/preview.js'
export type { LoopProgress } from './training/task.js'
export type { Watch } from './training/watch.js'
export { version } from './version.js'
