/**
 * How good features are: nearest neighbours, linear probe, retrieval, and the health of an embedding; of a run, or of arrays of
 * numbers.
 *
 * @module lacuna/evaluation
 */
export { type Baselines, baselines } from './baselines.js'
export {
  type Embedder,
  type EmbedderOptions,
  embed,
  openEncoder,
  type Pictures,
  type SoundEmbedder,
  untrainedEncoder,
} from './encoder.js'
export {
  type ClassScores,
  type Contender,
  contenderNames,
  contendersIn,
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type Scored,
  type Scores,
  type Summary,
} from './evaluate.js'
export { type Exported, exportEncoder } from './export.js'
export {
  type Features,
  featuresOf,
  type Labelled,
  l2Normalised,
  pickLabelled,
  pickRows,
  rowOf,
  standardiser,
} from './features.js'
export { alignment, type CodeUsage, type Collapse, codeUsage, collapse, uniformity } from './health.js'
export { type NeighbourOptions, type NeighbourResult, nearestNeighbours, neighboursFor } from './knn.js'
export { balancedSubset, type Parts, validationSplit } from './labels.js'
export { classify, type LinearClassifier, type LogisticFit } from './logistic.js'
export { type Pretext, type PretextMeasure, type PretextOptions, pretext } from './pretext.js'
export { linearProbe, logarithmic, type PenaltyTried, type ProbeOptions, type ProbeResult } from './probe.js'
export { rankMe } from './rank.js'
export type { RecordingFrames } from './recordings.js'
export { type RetrievalResult, retrieve, retrievePairs } from './retrieval.js'
export { mean, median, sampleDeviation, showPercent } from './statistics.js'
export type { RunnerOptions } from './with-runner.js'
