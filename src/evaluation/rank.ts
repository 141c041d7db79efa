import { withProgram } from '../engine/own-key.js'
import type { Runner } from '../engine/runner.js'
import { compile } from '../program/compile.js'
import { matmul } from '../tensor/contraction.js'
import { input } from '../tensor/tensor.js'
import { symmetricEigenvalues } from './eigenvalues.js'
import type { Features } from './features.js'
import { type RunnerOptions, withRunner } from './with-runner.js'

/**
 * Singular values of the rows as they are, neither centred nor normalised, largest first: [min(count, width)]
 * @param runner on a device that knows float64
 */
export async function singularValues(runner: Runner, { values, count, width }: Features): Promise<Float64Array> {
  const target = { ...runner.options, precision: 'float64' } as const
  const z = input('z', [count, width])
  // the smaller of ZᵀZ and ZZᵀ; in float64, because the root doubles the share of rounding in small ones
  const gram = count < width ? matmul(z, z, false, true) : matmul(z, z, true)
  return withProgram(runner, compile({ outputs: { gram } }, target), async key => {
    const results = await runner.run(key, { z: values })
    const squares = symmetricEigenvalues(results.gram as Float64Array, Math.min(count, width))
    return squares.map(square => Math.sqrt(Math.max(0, square)))
  })
}

/**
 * RankMe, the effective rank of embeddings: exp of the entropy of p_k = σ_k / Σσ + 1e-7, with the singular values σ
 * themselves (some code takes σ²). 1 when all rows are parallel, up to min(n, D). Meaningful with several times as many
 * rows as dimensions; the paper takes 25,600.
 *
 * @see Garrido et al. 2023, RankMe: Assessing the Downstream Performance of Pretrained Self-Supervised Representations
 *   by Their Rank
 */
export async function rankMe(embeddings: Features, options: RunnerOptions = {}): Promise<number> {
  return effectiveRank(await withRunner(options, runner => singularValues(runner, embeddings)))
}

export function effectiveRank(singular: Float64Array): number {
  const sum = singular.reduce((total, value) => total + value, 0)
  if (sum === 0) return 1
  return Math.exp(
    -singular.reduce((entropy, value) => {
      const p = value / sum + 1e-7
      return entropy + p * Math.log(p)
    }, 0),
  )
}
