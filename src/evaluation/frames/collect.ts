import type { SoundEmbedder } from '../encoder.js'
import { type Features, type Labelled, pickRows, standardiser } from '../features.js'
import { middleOf } from '../windows.js'
import type { FramePlan, Moment, Token } from './plan.js'

/** The frames that a plan asks for. */
export interface Collected {
  readonly training: Labelled
  readonly test: Labelled
  /** Of each token the frames whose middles lie in it, or else the one that is nearest; brought to mean 0 and deviation 1 over their recording */
  readonly tokens: readonly Features[]
}

/** Hears the recordings of a plan once, and keeps what it asks for: of each moment the frame whose middle is nearest. */
export async function collectFrames(plan: FramePlan, sound: SoundEmbedder): Promise<Collected> {
  const { width } = sound
  const [training, test] = [plan.training, plan.test].map(moments => matrixFor(moments, width)) as [Matrix, Matrix]
  const moments = [
    { matrix: training, byRecording: byRecording(plan.training) },
    { matrix: test, byRecording: byRecording(plan.test) },
  ]
  const tokensOf = byRecording(plan.tokens)
  const tokens = new Array<Features>(plan.tokens.length)
  for await (const { position, values, count } of sound.frames(plan.recordings)) {
    const frames: Features = { values, count, width }
    for (const { matrix, byRecording } of moments)
      for (const { place, of } of byRecording.get(position) ?? []) {
        const frame = nearestFrame(of.seconds, count, sound)
        matrix.features.values.set(values.subarray(frame * width, (frame + 1) * width), place * width)
      }
    const wanted = tokensOf.get(position)
    if (wanted === undefined) continue
    const even = standardiser(frames)(frames)
    for (const { place, of } of wanted) tokens[place] = pickRows(even, framesWithin(of, count, sound))
  }
  return { training, test, tokens }
}

type Matrix = Labelled
type Grid = Pick<SoundEmbedder, 'hop' | 'receptiveField' | 'before' | 'rate'>

function matrixFor(moments: readonly Moment[], width: number): Matrix {
  const values = new Float32Array(moments.length * width)
  return {
    features: { values, count: moments.length, width },
    labels: Int32Array.from(moments, ({ label }) => label),
  }
}

function byRecording<T extends { readonly recording: number }>(
  all: readonly T[],
): Map<number, { place: number; of: T }[]> {
  const found = new Map<number, { place: number; of: T }[]>()
  for (const [place, of] of all.entries()) {
    const own = found.get(of.recording)
    if (own) own.push({ place, of })
    else found.set(of.recording, [{ place, of }])
  }
  return found
}

/** The frame, and the part of one, whose middle lies at a moment. */
const exactly = (seconds: number, grid: Grid): number => (seconds * grid.rate - middleOf(0, grid)) / grid.hop

function nearestFrame(seconds: number, count: number, grid: Grid): number {
  return Math.min(count - 1, Math.max(0, Math.round(exactly(seconds, grid))))
}

function framesWithin({ start, end }: Pick<Token, 'start' | 'end'>, count: number, grid: Grid): number[] {
  const first = Math.max(0, Math.ceil(exactly(start, grid)))
  const last = Math.min(count - 1, Math.ceil(exactly(end, grid)) - 1)
  if (last < first) return [nearestFrame((start + end) / 2, count, grid)]
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}
