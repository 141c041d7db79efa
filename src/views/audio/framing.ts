import { concat } from '../../tensor/movement.js'
import { ShapeError } from '../../tensor/scope.js'
import { showShape, sizes } from '../../tensor/shape.js'
import type { Tensor } from '../../tensor/tensor.js'

/** Where the frames of a wave lie; lengths are whole numbers of the wave. */
export interface Framing {
  /** Length of a frame */
  readonly window: number
  /** From the start of one frame to that of the next */
  readonly hop: number
  /**
   * `inside` (unless told): frame t begins at t · hop, and none goes past the end. Otherwise frame t has t · hop in its
   * middle, and what it sees before the beginning and after the end are zeros, or the wave reflected there. A wave that
   * is padded is reflected where the padding ends, so `reflect` is for waves that are all there.
   */
  readonly edges?: 'inside' | 'zeros' | 'reflect'
}

/** What is added to a wave at either end. */
const beyond = ({ window, edges = 'inside' }: Framing): number => (edges === 'inside' ? 0 : Math.floor(window / 2))

/** How many frames a wave of so many numbers has; 0 where it is too short for one. */
export function framesOf(samples: number, framing: Framing): number {
  const { window, hop } = framing
  return samples === 0 ? 0 : Math.max(0, Math.floor((samples + 2 * beyond(framing) - window) / hop) + 1)
}

/** The same of several waves, in whole numbers: int [N] → int [N] */
export function framesIn(lengths: Tensor, framing: Framing): Tensor {
  const { window, hop } = framing
  // division of whole numbers cuts towards 0: what is below 0 stays at or below it
  const frames = lengths
    .add(2 * beyond(framing) - window + hop)
    .div(hop)
    .maximum(0)
  return frames.mul(lengths.minimum(1))
}

/**
 * Waves with what their frames see beyond the ends.
 * @param waves float [N, length]
 * @throws ShapeError when they are too short to be reflected, or for one frame
 */
export function withEdges(waves: Tensor, framing: Framing): Tensor {
  const [, length] = sizes(waves.shape, 2)
  const added = beyond(framing)
  if (waves.rank !== 2) throw new ShapeError('frames', `waves [N, length] expected, got ${showShape(waves.shape)}`)
  if (framesOf(length, framing) === 0)
    throw new ShapeError('frames', `waves of ${length} numbers are too short for one frame of ${framing.window}`)
  if (added === 0) return waves
  if (framing.edges === 'zeros') return waves.pad(1, added, added)
  if (length <= added)
    throw new ShapeError('frames', `waves of ${length} numbers are too short to be reflected over ${added}`)
  // the number at the end itself is not repeated
  const before = waves.slice(1, 1, 1 + added).flip(1)
  const after = waves.slice(1, length - 1 - added, length - 1).flip(1)
  return concat([before, waves, after], 1)
}
