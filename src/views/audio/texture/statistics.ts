import { matmul } from '../../../tensor/contraction.js'
import { concat } from '../../../tensor/movement.js'
import { range, sizes } from '../../../tensor/shape.js'
import { constant, type Tensor } from '../../../tensor/tensor.js'
import { isThere } from '../../../tensor/there.js'
import { ENVELOPE_RATE } from './envelopes.js'
import { fourier } from './fourier.js'
import { MODULATIONS, modulationPowers } from './modulation.js'

/** How many bands apart those are whose envelopes are correlated */
export const OFFSETS = [1, 2, 3, 5] as const

const TINY = 1e-12

export interface EnvelopeStatistics {
  /** [N, bands] */
  readonly mean: Tensor
  /** σ / μ, [N, bands] */
  readonly variation: Tensor
  /** Share of the variance that each band of modulation has, [N, bands, MODULATIONS] */
  readonly modulation: Tensor
  /** Of neighbours at each of the offsets, one offset after the other, [N, pairs] */
  readonly correlation: Tensor
}

/**
 * What envelopes are like over time, whatever happens when: their moments (divisor n), how fast they change, and which change
 * together.
 *
 * @param envelopes [N, bands, T], 400 a second; transforms are of all T, which has to have small factors
 * @param frames int [N]: how many are there
 */
export function envelopeStatistics(envelopes: Tensor, frames: Tensor): EnvelopeStatistics {
  const [n, bands, length] = sizes(envelopes.shape, 3)
  const there = isThere(frames, length).cast('float').reshape(n, 1, length)
  const count = there.sum(2).maximum(1) // [N, 1]
  const mean = envelopes.mul(there).sum(2).div(count)
  const apart = envelopes.sub(mean.reshape(n, bands, 1)).mul(there)
  const variance = apart.square().sum(2).div(count)
  const deviation = variance.sqrt()

  // the mean square of a filtered envelope is what its filter lets through of the power (Parseval)
  const { re, im } = fourier(apart.reshape(n * bands, length))
  const bins = re.size(1)
  const filters = modulationPowers(bins, length / ENVELOPE_RATE)
  const sides = range(bins).map(k => (k === 0 || 2 * k === length ? 1 : 2))
  const weights = filters.flatMap(filter => filter.map((weight, k) => (weight * (sides[k] ?? 1)) / length))
  const through = matmul(re.square().add(im.square()), constant(weights, [MODULATIONS, bins]), false, true)
  const modulation = through.reshape(n, bands, MODULATIONS).div(count.mul(variance).maximum(TINY).reshape(n, bands, 1))

  const together = matmul(apart, apart, false, true).div(count.reshape(n, 1, 1)) // [N, bands, bands]
  const sizesOf = deviation
    .reshape(n, bands, 1)
    .mul(deviation.reshape(n, 1, bands))
    .maximum(TINY)
  const pairs = OFFSETS.flatMap(offset => range(bands - offset).map(k => k * bands + k + offset))
  const correlation = together
    .div(sizesOf)
    .reshape(n, bands * bands)
    .gather(constant(pairs, [pairs.length], 'int'), 1)
  return { mean, variation: deviation.div(mean.maximum(TINY)), modulation, correlation }
}

/**
 * The median over time, of what is there.
 * @param x [N, T], at least 0
 * @param frames int [N]
 * @returns [N, 1]
 */
export function medianOfThere(x: Tensor, frames: Tensor): Tensor {
  const [n, length] = sizes(x.shape, 2)
  const there = isThere(frames, length).cast('float')
  const own = x.add(1).mul(there) // what is not there is below all that is
  const falling = own.takeAlong(own.topK(length), 1)
  const last = frames.maximum(1).sub(1).cast('float').reshape(n, 1).div(2)
  const at = (place: Tensor) => falling.takeAlong(place.cast('int'), 1)
  const [low, high] = [last.floor(), last.add(0.5).floor()]
  return concat([at(low), at(high)], 1)
    .mean(1, true)
    .sub(1)
}
