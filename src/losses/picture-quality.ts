import { range } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'

/** Peak signal-to-noise ratio in dB of values in [0, 1], of their mean squared error: 0.25 gives 6.0206. */
export const peakSignalToNoise = (squaredError: number): number => -10 * Math.log10(Math.max(squaredError, 1e-10))

const WINDOW = 11
const SIGMA = 1.5
const [C1, C2] = [0.01 ** 2, 0.03 ** 2]

/** Places that a side loses at each end, where the window would reach beyond it */
export const SIMILARITY_BORDER = (WINDOW - 1) / 2

/**
 * Structural similarity at each place: of means, contrasts and structures in a Gaussian window of 11 × 11 with a deviation of 1.5.
 *
 * @param x [N, C, H, W] in [0, 1], at least 11 × 11
 * @param y of the same shape
 * @returns [N, C, H − 10, W − 10], 1 where both are the same
 * @see Wang et al. 2004, eq. 13
 */
export function structuralSimilarity(x: Tensor, y: Tensor): Tensor {
  const [meanX, meanY] = [blurred(x), blurred(y)]
  const varianceX = blurred(x.square()).sub(meanX.square())
  const varianceY = blurred(y.square()).sub(meanY.square())
  const covariance = blurred(x.mul(y)).sub(meanX.mul(meanY))
  const above = meanX.mul(meanY).mul(2).add(C1).mul(covariance.mul(2).add(C2))
  const below = meanX.square().add(meanY.square()).add(C1).mul(varianceX.add(varianceY).add(C2))
  return above.div(below)
}

/** Without a border: products with a band of weights from both sides. */
function blurred(x: Tensor): Tensor {
  return band(x.size(2))
    .matmul(x)
    .matmul(band(x.size(3)).T)
}

/** [length − 10, length]: the weights of the window, one place further in each row */
function band(length: number): Tensor {
  const raw = range(WINDOW).map(i => Math.exp(-((i - (WINDOW - 1) / 2) ** 2) / (2 * SIGMA ** 2)))
  const total = raw.reduce((sum, value) => sum + value)
  const rows = length - WINDOW + 1
  const weights = new Float64Array(rows * length)
  for (const row of range(rows))
    weights.set(
      raw.map(value => value / total),
      row * length + row,
    )
  return constant(weights, [rows, length])
}
