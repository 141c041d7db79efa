import type { Draw } from '../../program/trace.js'
import { where } from '../../tensor/elementwise.js'
import { takeRows } from '../../tensor/indexing.js'
import { range, sizes } from '../../tensor/shape.js'
import { constant, type Tensor } from '../../tensor/tensor.js'
import { toFloat } from '../picture.js'

/** Frames as they are stored, uint8 [N, T, H, W, C], as the network takes them: float [N, T, C, H, W] in [0, 1]. */
export function framesToFloat(stored: Tensor): Tensor {
  const [n, t, ...frame] = sizes(stored.shape, 2)
  const pictures = toFloat(stored.reshape(n * t, ...frame))
  return pictures.reshape(n, t, ...pictures.shape.slice(1))
}

/**
 * How much moves from each frame to the one after: the mean of what pixels change by.
 * @param frames float [N, T, C, H, W]
 * @returns float [N, T − 1]
 */
export const motionBetween = (frames: Tensor): Tensor =>
  frames
    .slice(1, 1)
    .sub(frames.slice(1, 0, -1))
    .abs()
    .mean([2, 3, 4])

/** Of a moment at which nothing moves, beside the usual motion: how likely it is taken all the same */
const STILL = 0.1

/**
 * Draws a moment in each window, and a place in the frame, those at which more moves more often: with a probability in proportion to
 * the motion there into the frame that is to be guessed.
 *
 * @param motion float [N, T − 1, places], of {@link motionBetween}; without places it is of whole frames
 * @param lengths int [N], how many of the T frames are there
 * @param past frames before the one that is to be guessed
 * @param usual motion between two frames of the data
 * @returns `first`, int [N, 1]: of the past frames; `place`, int [N, 1]; `motion`, float [N]: at that place into the frame that is to be
 *   guessed, 0 where the window has too few frames for one
 */
export function movingMoment(
  motion: Tensor,
  lengths: Tensor,
  past: number,
  usual: number,
  draw: Draw,
): { readonly first: Tensor; readonly place: Tensor; readonly motion: Tensor } {
  const n = motion.size(0)
  const moments = motion.size(1) - past + 1
  const places = motion.rank === 3 ? motion.size(2) : 1
  const into = motion.slice(1, past - 1).reshape(n, moments * places)
  const last = constant(
    range(moments * places).map(i => Math.floor(i / places) + past),
    [1, moments * places],
  )
  const there = last.less(lengths.cast('float').reshape(n, 1)) // the frame that is to be guessed
  const gumbel = draw
    .uniform([n, moments * places], 1e-6, 1 - 1e-6)
    .log()
    .neg()
    .log()
    .neg()
  const score = where(
    there,
    into
      .add(STILL * usual + 1e-12)
      .log()
      .add(gumbel),
    -1e9,
  )
  const chosen = score.argmax(1).reshape(n, 1)
  const own = where(there, into, 0).takeAlong(chosen, 1).reshape(n)
  const first = chosen.cast('float').div(places).floor()
  const place = chosen.cast('float').sub(first.mul(places))
  return { first: first.cast('int'), place: place.cast('int'), motion: own }
}

/** Frames of each window from its own first one on. @param first int [N, 1] @returns [N, count, C, H, W] */
export function framesFrom(frames: Tensor, first: Tensor, count: number): Tensor {
  const [n] = sizes(frames.shape, 1)
  const rows = first
    .cast('float')
    .add(constant(range(count), [1, count]))
    .cast('int')
  return takeRows(frames, rows.expand(n, count))
}
