/**
 * Self-supervised learning: an encoder is trained on pictures without labels, by hiding a part of each and predicting it.
 *
 * @module lacuna
 */

export type { RunConfig } from './assembly/config.js'
export * from './data/index.js'
export { LacunaError } from './errors.js'
export * from './evaluation/index.js'
export * from './formats/index.js'
export * from './methods/index.js'
export { defineEncoder, type Encoder, type EncoderDefinition, type EncoderInput } from './nn/encoder.js'
export { type EncoderName, encoderNames, makeEncoder } from './nn/encoders.js'
export type { Place, PlaceOptions } from './nn/vectors.js'
export { type PretrainOptions, pretrain, type Run } from './pretrain.js'
export * from './report/index.js'
export type { Verdict } from './report/verdict/types.js'
export { readConfig } from './runs/config.js'
export type { Additions } from './runs/definitions.js'
export { type MetricsLine, readMetrics } from './runs/metrics.js'
export { type OpenedRun, openRun, openRuns } from './runs/run.js'
export { type Preview, type PreviewOptions, preview, previewRun } from './training/preview.js'
export type { LoopProgress } from './training/task.js'
