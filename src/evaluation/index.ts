/**
 * How good features are: nearest neighbours, linear probe, retrieval, and the health of an embedding; of a run, or of arrays of
 * numbers.
 *
 * @module lacuna/evaluation
 */
export {
  type AcrossEvaluation,
  type AcrossOptions,
  type AcrossTask,
  evaluateAcross,
  type Figure,
  type Figures,
} from './across/evaluate.js'
export { type Hit, type Query, type SearchOptions, search } from './across/search.js'
export { openShared, type SharedOptions, type SharedSpace } from './across/shared.js'
export { ensembled, promptsOf, TEMPLATES, zeroShot } from './across/zero-shot.js'
export { type Alignments, alignmentsOf, type Segment } from './alignment/index.js'
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
  type ProbeScores,
  type Scored,
  type Scores,
  type Summary,
} from './evaluate.js'
export { type Exported, type ExportOptions, exportEncoder } from './export.js'
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
export { type Abx, evaluateFrames, type FrameEvaluation, type FrameOptions } from './frames/evaluate.js'
export { alignment, type CodeUsage, type Collapse, codeUsage, collapse, uniformity } from './health.js'
export { type NeighbourOptions, type NeighbourResult, nearestNeighbours, neighboursFor } from './knn.js'
export { balancedSubset, type Parts, validationSplit } from './labels.js'
export type { LayerScores } from './layers.js'
export { classify, type LinearClassifier, type LogisticFit } from './logistic.js'
export { type Pretext, type PretextMeasure, type PretextOptions, pretext } from './pretext.js'
export { linearProbe, logarithmic, type PenaltyTried, type ProbeOptions, type ProbeResult } from './probe.js'
export { rankMe } from './rank.js'
export type { RecordingFrames } from './recordings.js'
export { type PairOptions, type RetrievalResult, retrieve, retrievePairs } from './retrieval.js'
export { contenders, type Each } from './scores.js'
export { mean, median, sampleDeviation, showPercent } from './statistics.js'
export type { RunnerOptions } from './with-runner.js'
