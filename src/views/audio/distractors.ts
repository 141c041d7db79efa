import type { Draw } from '../../program/trace.js'
import { where } from '../../tensor/elementwise.js'
import { range, sizes } from '../../tensor/shape.js'
import { constant, type Tensor } from '../../tensor/tensor.js'
import { hiddenCounts, type SpanOptions } from './spans.js'

/**
 * For every hidden frame, up to `most` other hidden frames of the same recording: each set of so many others is as likely as any
 * other. All stand on a ring in an order that is drawn, and each frame gets those that come next: one number a frame to draw, and
 * no frame twice. The sets of two frames hang together; each by itself is as if drawn without replacement.
 *
 * @param hidden bool [N, T]
 * @returns bool [N, T, T]: frame s is a distractor for frame t; min(most, hidden frames − 1) of them where t is hidden, else none
 */
export function distractorsAmong(draw: Draw, hidden: Tensor, most: number): Tensor {
  const [n, length] = sizes(hidden.shape, 2)
  const [row, column] = [[n, length, 1] as const, [n, 1, length] as const]
  const key = where(hidden, draw.uniform([n, length]), 2)
  const before = key.reshape(...column).less(key.reshape(...row)) // [N, T, T]: s comes before t
  const rank = before.cast('float').sum(-1) // [N, T]
  const count = hidden.cast('float').sum(1).reshape(n, 1, 1)
  const ahead = rank.reshape(...column).sub(rank.reshape(...row))
  const steps = where(ahead.less(0), ahead.add(count), ahead) // from t on to s, around the ring
  const both = hidden.reshape(...row).and(hidden.reshape(...column))
  return steps
    .less(most + 0.5)
    .and(both)
    .and(itself(length).not())
}

/** bool [1, T, T]: the diagonal */
const itself = (length: number): Tensor =>
  constant(range(length), [1, length, 1]).equal(constant(range(length), [1, 1, length]))

/**
 * What it costs to know nothing of which of the hidden frames is the own one: ln(K + 1), K as many others as are hidden, at most
 * `distractors`; the mean over the hidden frames of recordings of so many frames.
 */
export function chanceAmongHidden(frames: number, options: SpanOptions & { readonly distractors: number }): number {
  const counts = hiddenCounts(frames, options)
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.reduce((sum, m) => sum + m * Math.log(1 + Math.min(options.distractors, Math.max(0, m - 1))), 0) / total
}
