import { where } from '../../tensor/elementwise.js'
import { concat } from '../../tensor/movement.js'
import { range } from '../../tensor/shape.js'
import { constant, type Tensor } from '../../tensor/tensor.js'
import { isThere, thereOf } from '../../tensor/there.js'

/** Frames to either side that a slope is taken over, unless told */
export const REACH = 2

export interface DeltaOptions {
  /** Frames to either side that the slope is taken over; 2 unless told */
  readonly reach?: number
  /** int [N]: how many frames are there; all unless told. The deltas of others are 0 */
  readonly frames?: Tensor
}

/**
 * The slope of each number over time, a frame: the regression line through 2 · reach + 1 frames. Beyond the first and the
 * last frame that is there stand copies of it, as in torchaudio's compute_deltas and librosa's delta with mode='nearest'.
 * @param x [N, T, width]
 * @returns [N, T, width]
 */
export function deltas(x: Tensor, { reach = REACH, frames }: DeltaOptions = {}): Tensor {
  const length = x.size(1)
  const own = frames === undefined ? x : continued(x, frames)
  const copies = (frame: Tensor) => frame.expand(x.size(0), reach, x.size(2))
  const padded = concat([copies(own.slice(1, 0, 1)), own, copies(own.slice(1, length - 1))], 1)
  const from = (start: number) => padded.slice(1, start, start + length)
  const rises = range(reach).map(i =>
    from(reach + i + 1)
      .sub(from(reach - i - 1))
      .mul(i + 1),
  )
  const squares = range(reach).reduce((sum, i) => sum + 2 * (i + 1) ** 2, 0)
  const slope = rises.reduce((sum, rise) => sum.add(rise)).div(squares)
  return frames === undefined ? slope : slope.mul(thereOf(frames, length))
}

/** With the last frame that is there in place of those that are not. */
function continued(x: Tensor, frames: Tensor): Tensor {
  const length = x.size(1)
  const isLast = constant(range(length), [1, length]).equal(frames.cast('float').sub(1).reshape(-1, 1))
  const last = x.mul(isLast.cast('float').reshape(-1, length, 1)).sum(1, true)
  return where(isThere(frames, length).reshape(-1, length, 1), x, last)
}
