import { type Draw, isTraining, latest, update, variable } from '../../program/trace.js'
import { matmul } from '../../tensor/contraction.js'
import { straightThrough, where } from '../../tensor/elementwise.js'
import { oneHot, takeRows } from '../../tensor/indexing.js'
import { sizes } from '../../tensor/shape.js'
import type { Tensor } from '../../tensor/tensor.js'
import { isThere } from '../../tensor/there.js'
import { constantly, normal } from '../initial.js'
import { weightAndBias } from '../layers.js'
import { type Module, module } from '../module.js'
import { codeUsage, hardlyEver } from './code-usage.js'
import { frameGroupNorm } from './norms.js'
import type { QuantiserOptions } from './quantiser.js'

export interface NearestCodesOptions extends Pick<QuantiserOptions, 'inputs' | 'groups' | 'codes' | 'shared'> {
  /**
   * What is brought to one mean and deviation over the frames before codes are chosen: each `number` of a frame by itself, or
   * all numbers of a `group`, as published. Frames can then become all alike, numbers of other sizes in each but the same in all;
   * drawn to their codes, they soon do.
   */
  readonly together?: 'number' | 'group'
  /** What that mean is before the first step; 0 unless told */
  readonly mean?: number
}

export interface NearestCodes {
  /** [rows, inputs], the vectors of the codes, one group after the other */
  readonly vectors: Tensor
  /** int [rows, G] */
  readonly codes: Tensor
  /** [rows, inputs] each: what is replaced, and the codes themselves, which gradients of the vectors pass by */
  readonly replaced: Tensor
  readonly chosen: Tensor
}

/**
 * Codes that are learnt: of each group the nearest to its part of the frame, after a map of each group into itself and a norm over
 * the frames that are there. Gradients go on to the frame as if it had not been replaced.
 *
 * Codes that are hardly ever chosen begin again at frames of the batch, all of them in the first step. From 0.01 · N(0, 1), where
 * the paper begins, one code is soon the nearest to all frames, and no other ever moves.
 *
 * @param x [N, T, inputs]
 * @param frames int [N]: how many are there
 * @param draw in training
 * @see Baevski et al. 2020, vq-wav2vec, section 3.2; names as fairseq's KmeansVectorQuantizer; Dhariwal et al. 2020, Jukebox, for
 *   codes that begin again
 */
export function nearestCodes({
  inputs,
  groups,
  codes: size,
  shared = false,
  together = 'number',
  mean = 0,
}: NearestCodesOptions): Module<[x: Tensor, frames: Tensor, draw: Draw], NearestCodes> {
  const width = inputs / groups
  const { weight } = weightAndBias([inputs, width, 1], { bias: false }) // that of a convolution in groups
  const map = module({ weight }, (x: Tensor) =>
    sideBySide(matmul(inGroups(x, groups), weight.reshape(groups, width, width), false, true)),
  )
  const norm = frameGroupNorm(inputs, together === 'group' ? groups : inputs, { bias: mean })
  const projection = module({ 0: map, 1: norm }, (x: Tensor, frames: Tensor) =>
    norm(map(x.reshape(-1, inputs)).reshape(...x.shape), frames),
  )
  const books = shared ? 1 : groups
  const shape = [books, size, width]
  const embedding = variable(shape, normal(0.01)(shape), 'token')
  const start = variable(shape, constantly(0)(shape), 'statistic') // beside it, since training moves the one by gradients alone
  const usage = codeUsage(groups, size)

  /** Where each code is: those that are hardly ever chosen at frames that are drawn. */
  const placed = (replaced: Tensor, frames: Tensor, draw: Draw): Tensor => {
    if (!isTraining()) return embedding.add(start)
    const [n, length] = sizes(replaced.shape, 3)
    const shares = draw.uniform([n, Math.ceil(size / n)])
    const places = shares
      .mul(frames.cast('float').reshape(n, 1))
      .floor()
      .clip(0, length - 1)
      .cast('int')
    const drawn = takeRows(replaced.stopGradient(), places).reshape(-1, inputs)
    const begins = (shared ? drawn.reshape(1, -1, width) : inGroups(drawn, groups)).slice(1, 0, size)
    const share = usage.lately()
    const idle = hardlyEver(shared ? share.mean(0, true) : share).reshape(books, size, 1)
    const begun = where(idle, begins.sub(embedding.stopGradient()), latest(start))
    update(start, begun)
    return embedding.add(begun)
  }
  return module({ projection, embedding, start, usage }, (x: Tensor, frames: Tensor, draw: Draw) => {
    const normed = projection(x, frames)
    const book = placed(normed, frames, draw)
    const replaced = normed.reshape(-1, inputs)
    const found = nearest(inGroups(replaced, groups), book)
    const codes = found.transpose(1, 0)
    const chosen = sideBySide(matmul(oneHot(found, size), book))
    if (isTraining()) usage(codes, isThere(frames, x.size(1)).cast('float').reshape(-1))
    return { vectors: straightThrough(chosen.stopGradient(), replaced), codes, replaced, chosen }
  })
}

/**
 * Which code is nearest: −½‖x − e‖² but for what is the same of all codes.
 * @param x [G, rows, width]
 * @param book [G or 1, V, width]
 * @returns int [G, rows]
 */
function nearest(x: Tensor, book: Tensor): Tensor {
  const halves = book.square().sum(-1).mul(0.5).reshape(book.size(0), 1, book.size(1))
  return matmul(x, book, false, true).sub(halves).argmax(-1)
}

/** [rows, G · width] → [G, rows, width], and back */
const inGroups = (x: Tensor, groups: number): Tensor => x.reshape(x.size(0), groups, -1).transpose(1, 0, 2)
const sideBySide = (each: Tensor): Tensor => each.transpose(1, 0, 2).reshape(each.size(1), -1)
