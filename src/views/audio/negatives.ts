import type { Draw } from '../../program/trace.js'
import { where } from '../../tensor/elementwise.js'
import { range, sizes } from '../../tensor/shape.js'
import { constant, type Tensor } from '../../tensor/tensor.js'
import { isThere } from '../../tensor/there.js'

/** Frames that stand against the right ones, and how often each was drawn. */
export interface Negatives {
  /** float [N, F, D]: frames that can be drawn */
  readonly candidates: Tensor
  /** float [N, T, F]: how often each stands against frame t; 0 for t itself, and for what is padding */
  readonly times: Tensor
}

/**
 * For each frame so many others of its own recording, uniform over those that are there, with replacement: what lies o frames
 * further on around the ring of them, for offsets o of 1 … frames − 1. A recording draws its offsets once: those of two frames
 * hang together, each by itself is as if drawn alone, and none is ever the right one.
 *
 * @param frames int [N]: how many are there
 * @returns float [N, T, T]; rows of frames that are there sum to `count`, where there are two or more
 */
export function drawnFromOwn(draw: Draw, frames: Tensor, length: number, count: number): Tensor {
  const [n] = sizes(frames.shape, 1)
  const all = frames.cast('float').reshape(n, 1)
  const others = all.sub(1).maximum(1)
  // rounded, a share just below 1 may give as many as there are
  const offsets = draw.uniform([n, count]).mul(others).floor().minimum(others.sub(1)).add(1)
  const timesOf = offsets
    .reshape(n, count, 1)
    .equal(numbers(1, 1, length))
    .cast('float')
    .sum(1) // [N, T], by the offset
  const ahead = numbers(1, 1, length).sub(numbers(1, length, 1)) // [1, T, T]: from t on to s
  const around = where(ahead.less(0), ahead.add(all.reshape(n, 1, 1)), ahead)
  const there = isThere(frames, length)
  const both = there.reshape(n, length, 1).and(there.reshape(n, 1, length))
  const times = timesOf
    .reshape(n, 1, length)
    .expand(n, length, length)
    .takeAlong(around.clip(0, length - 1).cast('int'), 2)
  return where(both.and(around.greater(0)), times, 0)
}

/**
 * For each recording so many frames of the whole batch, uniform over those that are there, with replacement. All its frames
 * stand against them, but where the one drawn is the right one itself.
 * @param frames int [N]
 * @param latents [N, T, D]
 */
export function drawnFromBatch(draw: Draw, frames: Tensor, latents: Tensor, count: number): Negatives {
  const [n, length, width] = sizes(latents.shape, 3)
  const all = frames.cast('float')
  const total = all.sum()
  const place = draw.uniform([n, count]).mul(total).floor().minimum(total.sub(1)) // among all that are there
  const ends = all.cumsum().reshape(1, 1, n)
  const before = ends
    .greater(place.reshape(n, count, 1))
    .not()
    .cast('float') // recordings that end before it
  const start = before.mul(all.reshape(1, 1, n)).sum(-1)
  const drawn = before.sum(-1).mul(length).add(place.sub(start)) // [N, count], counted with the padding
  const own = numbers(n, length, 1) // the same number of each frame
  return {
    candidates: latents.reshape(n * length, width).gather(drawn.clip(0, n * length - 1).cast('int')),
    times: drawn
      .reshape(n, 1, count)
      .equal(own)
      .not()
      .cast('float')
      .mul(isThere(frames, length).cast('float').reshape(n, length, 1)),
  }
}

/** 0, 1, 2, … in a shape */
const numbers = (...shape: number[]): Tensor => constant(range(shape.reduce((product, size) => product * size)), shape)
