import { uniforms } from '../../program/draws.js'
import type { Draw } from '../../program/trace.js'
import { where } from '../../tensor/elementwise.js'
import { concat } from '../../tensor/movement.js'
import { range, sizes } from '../../tensor/shape.js'
import { constant, type Tensor } from '../../tensor/tensor.js'

export interface SpanOptions {
  /** p, the probability that a span begins at a frame. It is no share of the frames: that is `spanShare`. */
  readonly start: number
  /** M, frames in a span */
  readonly span: number
  /** Spans that a recording has at least, those that overlap counted; 1 unless told */
  readonly least?: number
}

/** The share of the frames that is hidden: 1 − (1 − p)^M, because each lies in a span when one of M begins. */
export const spanShare = ({ start, span }: SpanOptions): number => 1 - (1 - start) ** span

const SIMULATED = 1000

/** How many of `frames` frames are hidden, in a thousand draws that are always the same: they differ much, for spans are long. */
export function hiddenCounts(frames: number, { start, span }: SpanOptions): number[] {
  const next = uniforms(0, 0, 'hidden counts')
  return range(SIMULATED).map(() => {
    let [left, count] = [0, 0]
    for (let t = 1 - span; t < frames; t++) {
      left = next() < start ? span : left - 1
      if (t >= 0 && left > 0) count++
    }
    return count
  })
}

/**
 * Which frames are hidden: spans that begin anywhere and may overlap, other ones in every recording. They begin before the first
 * frame too, and are cut off there as at the end, so that every frame is hidden as often as any other.
 *
 * @param there bool [N, T]: frames that are there; what lies after them is never hidden, and changes nothing
 * @returns bool [N, T]
 * @see Baevski et al. 2020, wav2vec 2.0, section 3.1
 */
export function spanMask(draw: Draw, there: Tensor, { start, span, least = 1 }: SpanOptions): Tensor {
  const [n, length] = sizes(there.shape, 2)
  const drawn = draw.uniform([n, span - 1 + length]) // one for each frame, and for those before that a span would reach in from
  const inside = drawn.slice(1, span - 1)
  const begins = concat(
    span > 1
      ? [drawn.slice(1, 0, span - 1).less(start), inside.less(start).or(smallest(inside, there, span, least))]
      : [inside.less(start).or(smallest(inside, there, span, least))],
    1,
  ).cast('float')
  const begun = begins.cumsum(1)
  const covering = begun
    .slice(1, span - 1)
    .sub(begun.slice(1, 0, length))
    .add(begins.slice(1, 0, length))
  return covering.greater(0.5).and(there)
}

/**
 * Frames that are hidden with so many before and after them, all of which there are: of what these alone have heard, nothing is
 * shown.
 * @param hidden bool [N, T]
 * @returns bool [N, T]
 */
export function hiddenWith(hidden: Tensor, neighbours: number): Tensor {
  const length = hidden.size(1)
  const around = hidden.cast('float').pad(1, neighbours, neighbours)
  return range(2 * neighbours + 1)
    .map(i => around.slice(1, i, i + length))
    .reduce((all, each) => all.mul(each))
    .greater(0.5)
}

/** Of the places that a whole span fits at (the first always), those with the smallest numbers: bool [N, T] */
function smallest(drawn: Tensor, there: Tensor, span: number, least: number): Tensor {
  const [, length] = sizes(drawn.shape, 2)
  const frames = there.cast('float').sum(1, true)
  const place = constant(range(length), [1, length])
  const fits = place.less(frames.sub(span - 1)).or(place.less(1))
  const score = where(fits, drawn.neg(), -2)
  const count = Math.min(least, length)
  const last = score.takeAlong(score.topK(count).slice(1, count - 1), 1) // [N, 1]
  return score.less(last).not().and(fits)
}
