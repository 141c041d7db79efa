import type { FrameMaker } from '../assembly/recordings.js'
import { LacunaError } from '../errors.js'

/** Where the frames of an encoder lie. */
export type FrameGrid = Pick<FrameMaker, 'hop' | 'receptiveField' | 'before' | 'reach' | 'framesOf'>

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
 * hop, so that frames of the wave are those of the uncut recording and none sees the edge of a window that is not one of the
 * recording; the last window lies at the end and makes again what the one before it gave, so that its new frames have a whole
 * window about them. What is left after the last frame, less than a hop, is in no frame. A recording shorter than one frame has
 * one, as if silence followed it.
 *
 * @param length of the recording
 * @param window numbers of the wave that the encoder is given at once
 * @throws LacunaError when no frame fits into a window
 */
export function windowsOf(length: number, window: number, grid: FrameGrid): RecordingWindow[] {
  const { hop, receptiveField } = grid
  const total = framesIn(length, grid)
  const { first, step } = seamsOf(window, grid)
  if (length <= window)
    return [{ from: 0, length: Math.max(length, Math.min(window, receptiveField)), skip: 0, frames: total }]
  const windows: RecordingWindow[] = []
  for (let next = 0; next < total; ) {
    const usual = Math.max(0, next - first)
    const atEnd = usual * hop + window >= length
    const start = atEnd ? Math.ceil((length - window) / hop) : usual
    const skip = next - start
    const frames = atEnd ? total - next : first + step - skip
    windows.push({ from: start * hop, length: Math.min(window, length - start * hop), skip, frames })
    next += frames
  }
  return windows
}

/**
 * Where windows that lie in the middle of a recording meet.
 * @returns the first of their frames that sees nothing before them, and how many frames see nothing beyond them at either end
 */
export function seamsOf(window: number, { hop, receptiveField, before = 0, reach = 0, framesOf }: FrameGrid) {
  const first = Math.ceil(before / hop) + reach
  const last = Math.min(framesOf(window) - 1, Math.floor((window + before - receptiveField) / hop)) - reach
  if (last < first)
    throw new LacunaError(
      `windows of ${window} numbers hold no frame, which sees ${receptiveField}; take longer windows`,
    )
  return { first, step: last - first + 1 }
}

/** Frames of a recording of any length: at least one. */
export const framesIn = (length: number, { receptiveField, framesOf }: FrameGrid): number =>
  Math.max(1, framesOf(Math.max(length, receptiveField)))

/** Numbers of the wave from the beginning of a recording to the middle of what frame t sees. */
export const middleOf = (t: number, { hop, receptiveField, before = 0 }: Omit<FrameGrid, 'framesOf'>): number =>
  t * hop - before + receptiveField / 2
