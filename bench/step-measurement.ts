import type { RunConfig } from '#lacuna/assembly/config.js'
import { plainReading } from '#lacuna/data/index.js'

/** Steps that are taken before the timing starts: memory grows and, in PyTorch, programs are compiled. */
export const WARM_UP = 3

/** What one process found out about one kind of training step, ours or a peer's. */
export interface StepMeasurement {
  /** Of a step, the median */
  readonly seconds: number
  readonly firstStepSeconds: number
  /** Trace, derivative, lowering and session; a peer that compiles does so in its first step */
  readonly compileSeconds?: number
  /** The most memory that the process held, before the matrix product below */
  readonly peakMegabytes: number
  /** Trained numbers */
  readonly parameters: number
  /** Operations in convolutions and matrix products of a step, in 10⁹ */
  readonly gflop?: number
  /** Of a large float32 matrix product in the same process, in 10⁹ operations a second */
  readonly matmulGflops: number
}

/** The run whose step is measured: SimCLR with its defaults, on pictures of three channels. */
export const configOf = (encoder: string, size: number, batch: number): RunConfig => ({
  version: 3,
  method: 'simclr',
  options: {},
  encoder,
  channels: { image: { kind: 'image', size, colours: 3 } },
  reading: plainReading,
  data: { source: 'noise', records: batch, fingerprint: 'made up' },
  batch,
  steps: 1,
  seed: 0,
  optimiser: 'adamw',
  learningRate: 1e-3,
  weightDecay: 1e-4,
  warmup: 0,
  products: 'fp32',
  clip: 0,
  device: 'cpu',
})
