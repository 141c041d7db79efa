import { addScaled, dot, rowsOf, transposed } from '../clusters/vectors.js'
import { ownKey, withProgram } from '../engine/own-key.js'
import type { Runner } from '../engine/runner.js'
import { compile } from '../program/compile.js'
import { uniforms } from '../program/draws.js'
import { filled, variable } from '../program/trace.js'
import { matmul } from '../tensor/contraction.js'
import { derivative } from '../tensor/derivative.js'
import { oneHot } from '../tensor/indexing.js'
import { constant, input } from '../tensor/tensor.js'
import { backwards, cholesky, forwards } from './cholesky.js'
import { type Features, type Labelled, rowOf, wantLabels, wantWidth } from './features.js'
import { type MinimiseOptions, type Minimum, minimise } from './lbfgs.js'
import { approximateInverse, leadingSubspace, type Subspace } from './precondition.js'

/** A linear classifier: logits = features · weight + bias. */
export interface LinearClassifier {
  readonly width: number
  readonly classes: number
  /** weight [width, classes], row-major, then bias [classes] */
  readonly parameters: Float64Array
}

export interface LogisticFit extends LinearClassifier, Omit<Minimum, 'x' | 'gradient'> {}

export interface LogisticProblem {
  /**
   * Fits to some of the rows. Minimises (Σ CE + ½λ‖W‖²) / n over the n rows taken, in nats; the bias is not penalised.
   * `rows` are the positions of those to fit to, all unless given; `start` the parameters to begin from, zeros unless given.
   *
   * @param C 1 / λ > 0, as in scikit-learn: larger trusts the data more
   */
  fit(C: number, options?: MinimiseOptions & { rows?: ArrayLike<number>; start?: Float64Array }): Promise<LogisticFit>
  close(): Promise<void>
}

/**
 * Multinomial logistic regression in float64. One program gives the value and the gradient; the features stay with the
 * runner until the problem is closed.
 *
 * @param runner on a device that knows float64; it may serve several problems, one after the other
 */
export async function openLogistic(runner: Runner, data: Labelled, classes: number): Promise<LogisticProblem> {
  wantLabels('logistic regression', data, classes)
  const { count, width } = data.features
  return count < width ? openSpanned(runner, data, classes) : openDirectly(runner, data, classes)
}

/**
 * The penalty keeps every column of W within the span of the rows, so fewer rows than features are as many features:
 * their coordinates in an orthonormal basis Q of that span, the L of X = LQ. LLᵀ = XXᵀ gives it without Q, and
 * weights in that basis are Qᵀw = XᵀL⁻ᵀw. Values, gradients and minima are the same.
 */
async function openSpanned(runner: Runner, { features, labels }: Labelled, classes: number): Promise<LogisticProblem> {
  const { count, width, values } = features
  const rows = rowsOf(Float64Array.from(values), width)
  const lower = cholesky(rows.map((row, i) => Float64Array.from(rows.slice(0, i + 1), other => dot(row, other))))
  const coordinates = new Float32Array(count * count)
  lower.forEach((row, i) => {
    coordinates.set(row, i * count)
  })
  const reduced = { features: { values: coordinates, count, width: count }, labels }
  const inner = await openDirectly(runner, reduced, classes)
  return {
    async fit(C, { start, ...options } = {}) {
      const fit = await inner.fit(C, { ...options, ...(start && { start: inSpan(start) }) })
      return { ...fit, width, parameters: inFull(fit.parameters) }
    },
    close: inner.close,
  }

  /** w = L⁻¹XW of each column */
  function inSpan(parameters: Float64Array): Float64Array {
    const columns = rowsOf(transposed(parameters.subarray(0, width * classes), classes), width).map(column => {
      const images = Float64Array.from(rows, row => dot(row, column))
      return forwards(lower, images)
    })
    return joined(columns, parameters.subarray(width * classes))
  }
  /** W = XᵀL⁻ᵀw of each column */
  function inFull(parameters: Float64Array): Float64Array {
    const columns = rowsOf(transposed(parameters.subarray(0, count * classes), classes), count).map(column => {
      const whole = new Float64Array(width)
      const shares = backwards(lower, column)
      rows.forEach((row, i) => {
        addScaled(whole, shares[i] ?? 0, row)
      })
      return whole
    })
    return joined(columns, parameters.subarray(count * classes))
  }
}

/** Columns of weights and the biases as one vector of parameters */
const joined = (columns: readonly Float64Array[], bias: Float64Array): Float64Array =>
  Float64Array.from([
    ...Array.from({ length: columns[0]?.length ?? 0 }, (_, i) => columns.map(column => column[i] ?? 0)).flat(),
    ...bias,
  ])

async function openDirectly(runner: Runner, data: Labelled, classes: number): Promise<LogisticProblem> {
  const { count, width } = data.features
  const size = (width + 1) * classes

  const features = variable([count, width], filled(0)([count, width]))
  const parameters = input('parameters', [size])
  const share = input('share', [count]) // 1 / n where a row takes part, else 0
  const decay = input('decay', []) // λ / n
  const weight = parameters.slice(0, 0, width * classes).reshape(width, classes)
  const bias = parameters.slice(0, width * classes)
  const logits = features.matmul(weight).add(bias) // [count, classes]
  const target = oneHot(constant(data.labels, [count], 'int'), classes)
  const entropy = logits.logSumExp(-1).sub(logits.mul(target).sum(-1)) // [count]
  const value = entropy.mul(share).sum().add(weight.square().sum().mul(decay).mul(0.5))
  const [gradient = value] = derivative(value, [parameters])

  const target64 = { ...runner.options, precision: 'float64' } as const
  const [key, held] = [ownKey('logistic'), ownKey('features')]
  const names = new Map([[features, held]])
  const close = () => runner.unload(key)
  const prepared = async () => {
    await runner.write(new Map([[held, data.features.values]]))
    return varyingMost()
  }
  await runner.load(key, compile({ outputs: { value, gradient }, names }, target64))
  const subspace = await prepared().catch(async error => {
    await close()
    throw error
  })

  return {
    async fit(C, { rows, start = new Float64Array(size), ...options } = {}) {
      const n = rows?.length ?? count
      const shares = new Float64Array(count).fill(rows === undefined ? 1 / n : 0)
      for (let i = 0; rows !== undefined && i < n; i++) shares[rows[i] ?? 0] = 1 / n
      const evaluate = async (x: Float64Array) => {
        const results = await runner.run(key, { parameters: x, share: shares, decay: [1 / (C * n)] })
        return { value: Number(results.value?.[0]), gradient: results.gradient as Float64Array }
      }
      const inverse = approximateInverse(subspace, curvature, 1 / (C * n))
      const precondition = (g: Float64Array) => {
        const result = g.map(value => value / curvature) // of the bias, whose feature is 1
        result.set(inverse(g.subarray(0, width * classes), classes))
        return result
      }
      const { x, gradient: _, ...minimum } = await minimise(evaluate, start, { precondition, ...options })
      return { width, classes, parameters: x, ...minimum }
    },
    close,
  }

  /** Few directions carry most of the variance of pictures and of embeddings, and slow the descent in all others. */
  async function varyingMost(): Promise<Subspace> {
    const rank = Math.min(mostDirections, count, width)
    const basis = input('basis', [width, rank])
    const product = matmul(features, features.matmul(basis), true).div(count)
    const next = uniforms(0, 0, 'directions')
    const start = Float64Array.from({ length: width * rank }, () => next() - 0.5)
    const covariance = compile({ outputs: { product }, names }, target64)
    return withProgram(runner, covariance, key =>
      leadingSubspace(async values => (await runner.run(key, { basis: values })).product as Float64Array, start, rank),
    )
  }
}

const mostDirections = 64
const SMALL = 2 ** 20

/** Whether a second thread would cost such a problem more than it gives. */
export const isSmall = ({ count, width }: Pick<Features, 'count' | 'width'>): boolean =>
  count * Math.min(count, width) < SMALL
/** Of a cross entropy in its logits: p(1 − p) of a class that is neither certain nor ruled out */
const curvature = 0.1

/** The likeliest class of each row; of equals the lowest. */
export function classify({ width, classes, parameters }: LinearClassifier, features: Features): Int32Array {
  wantWidth('classify', features, width)
  const weights = rowsOf(transposed(parameters.slice(0, width * classes), classes), width)
  return Int32Array.from({ length: features.count }, (_, row) => {
    const sample = Float64Array.from(rowOf(features, row))
    const logits = weights.map((column, c) => dot(sample, column) + (parameters[width * classes + c] ?? 0))
    return logits.indexOf(Math.max(...logits))
  })
}
