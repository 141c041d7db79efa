import { LacunaError } from '../errors.js'
import type { AudioEncoder } from '../nn/audio/encoder.js'
import { range } from '../tensor/shape.js'

/** Where the frames of an encoder lie. */
export type FrameGrid = Pick<AudioEncoder, 'hop' | 'receptiveField' | 'framesOf'>

/** A part of a recording that goes through an encoder at once. */
export interface RecordingWindow {
  /** The number of the wave that it begins at */
  readonly from: number
  /** Numbers of the wave that count as there */
  readonly length: number
  /** Frames of it that the window before has given already */
  readonly skip: number
  /** Frames of it that are new */
  readonly frames: number
}

/**
 * Cuts a recording into windows in which every frame of it is made once. Neighbours overlap by what a frame sees beyond its
 * hop, so that frames of the wave are those of the uncut recording; the last window lies at the end and gives again what the
 * one before it gave, so that its new frames have a whole window about them. What is left after the last frame, less than a
 * hop, is in no frame. A recording shorter than one frame has one, as if silence followed it.
 *
 * @param length of the recording
 * @param window numbers of the wave that the encoder is given at once
 * @throws LacunaError when no frame fits into a window
 */
export function windowsOf(length: number, window: number, grid: FrameGrid): RecordingWindow[] {
  const { hop, receptiveField, framesOf } = grid
  const most = framesOf(window)
  if (most < 1)
    throw new LacunaError(
      `windows of ${window} numbers hold no frame, which sees ${receptiveField}; take longer windows`,
    )
  const frames = framesIn(length, grid)
  if (frames <= most) return [{ from: 0, length: Math.min(window, Math.max(length, receptiveField)), skip: 0, frames }]
  return range(Math.ceil(frames / most)).map(i => {
    const first = Math.min(i * most, frames - most)
    const from = first * hop
    return { from, length: Math.min(window, length - from), skip: i * most - first, frames: first + most - i * most }
  })
}

/** Frames of a recording of any length: at least one. */
export const framesIn = (length: number, { receptiveField, framesOf }: FrameGrid): number =>
  framesOf(Math.max(length, receptiveField))
