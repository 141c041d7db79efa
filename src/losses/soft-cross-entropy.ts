import type { Tensor } from '../tensor/tensor.js'

/**
 * Cross entropy with a distribution for a target, rows weighted: Σᵢ vᵢ Σ_q −z_iq log ẑ_iq / Σᵢ vᵢ.
 *
 * @param logits [P, Q]
 * @param target z [P, Q], rows sum to 1
 * @param weight v ≥ 0, [P]
 * @returns nats, the weighted mean over the rows; ln Q when all logits are equal, 0 when no row has a weight
 * @see Zhang et al. 2016, Colorful Image Colorization, eq. 2
 */
export function softCrossEntropy(logits: Tensor, target: Tensor, weight: Tensor): Tensor {
  return weightedMean(target.mul(logits.logSoftmax(-1)).sum(-1).neg(), weight)
}

/** Σ v x / Σ v; 0 when nothing has a weight. */
export const weightedMean = (x: Tensor, weight: Tensor): Tensor => x.mul(weight).sum().div(weight.sum().maximum(1e-12))

/**
 * Weights that lift rare classes: w ∝ 1 / ((1 − λ) p + λ / Q), scaled so that Σ p w = 1.
 *
 * @param prior p, all above 0, sums to 1
 * @param lambda λ: 1 weighs all classes alike, 0 in inverse proportion to how common they are
 * @see Zhang et al. 2016, eq. 4
 */
export function rebalancingWeights(prior: readonly number[], lambda: number): number[] {
  const raw = prior.map(p => 1 / ((1 - lambda) * p + lambda / prior.length))
  const mean = prior.reduce((sum, p, q) => sum + p * (raw[q] ?? 0), 0)
  return raw.map(w => w / mean)
}

/** −Σ p ln p in nats: the cross entropy of the best guess without any input. */
export const entropy = (p: readonly number[]): number => p.reduce((sum, x) => (x > 0 ? sum - x * Math.log(x) : sum), 0)
