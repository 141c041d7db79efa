import { addScaled, dot, norm } from '../clusters/vectors.js'

/** A function's value and gradient at one point. */
export interface Evaluation {
  readonly value: number
  readonly gradient: Float64Array
}

export interface MinimiseOptions {
  /** Stops when the Euclidean norm of the gradient is below, default 1e-6 */
  readonly tolerance?: number
  /** Default 1000 */
  readonly maxIterations?: number
  /** Steps remembered, default 10 */
  readonly history?: number
  /** Multiplies by an approximate inverse Hessian: linear, symmetric, positive definite; the identity unless given */
  readonly precondition?: (gradient: Float64Array) => Float64Array
}

export interface Minimum extends Evaluation {
  readonly x: Float64Array
  readonly gradientNorm: number
  readonly iterations: number
  readonly evaluations: number
  /** Whether the gradient norm is below the tolerance; otherwise iterations or the digits of float64 ran out. */
  readonly converged: boolean
}

interface Pair {
  readonly step: Float64Array
  readonly change: Float64Array
  /** Of the change */
  readonly preconditioned: Float64Array
  /** 1 / ⟨step, change⟩ */
  readonly rho: number
}

interface Point extends Evaluation {
  readonly x: Float64Array
}

/** A point to go on from, with its gradient preconditioned. */
interface Base extends Point {
  readonly preconditioned: Float64Array
}

/**
 * Minimises a smooth function by limited-memory BFGS with a strong Wolfe line search.
 * @see Nocedal & Wright 2006, Numerical Optimization, algorithms 7.4 (two loops) and 3.5
 */
export async function minimise(
  evaluate: (x: Float64Array) => Promise<Evaluation>,
  start: Float64Array,
  { tolerance = 1e-6, maxIterations = 1000, history = 10, precondition = copy }: MinimiseOptions = {},
): Promise<Minimum> {
  let evaluations = 0
  const at = async (x: Float64Array): Promise<Point> => {
    evaluations++
    return { x, ...(await evaluate(x)) }
  }
  const pairs: Pair[] = []
  const based = (point: Point): Base => ({ ...point, preconditioned: precondition(point.gradient) })
  let here = based(await at(start))
  let iterations = 0
  while (norm(here.gradient) >= tolerance && iterations < maxIterations) {
    const direction = descent(here, pairs)
    const first = pairs.length === 0 ? Math.min(1, 1 / norm(direction)) : 1
    const found = await lineSearch(at, here, direction, first)
    if (found === undefined) {
      if (pairs.length === 0) break
      pairs.length = 0 // what was remembered misleads: once more along the gradient
      continue
    }
    iterations++
    const next = based(found)
    remember(pairs, history, here, next)
    here = next
  }
  const gradientNorm = norm(here.gradient)
  return { ...here, gradientNorm, iterations, evaluations, converged: gradientNorm < tolerance }
}

/**
 * −H·g, where H is the inverse Hessian that the remembered steps suggest: the two-loop recursion. Preconditioning is
 * linear, so that of the gradient and of the remembered changes gives that of any sum of them.
 */
function descent({ gradient, preconditioned }: Base, pairs: readonly Pair[]): Float64Array {
  const q = gradient.map(g => -g)
  const r = preconditioned.map(g => -g)
  const weights = new Float64Array(pairs.length)
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { step, change, preconditioned, rho } = pairs[i] as Pair
    const weight = rho * dot(step, q)
    weights[i] = weight
    addScaled(q, -weight, change)
    addScaled(r, -weight, preconditioned)
  }
  const last = pairs.at(-1)
  if (last !== undefined) {
    const scale = 1 / (last.rho * dot(last.change, last.preconditioned))
    r.forEach((value, i) => {
      r[i] = value * scale
    })
  }
  pairs.forEach(({ step, change, rho }, i) => {
    addScaled(r, (weights[i] ?? 0) - rho * dot(change, r), step)
  })
  return r
}

function remember(pairs: Pair[], history: number, from: Base, to: Base): void {
  const step = difference(to.x, from.x)
  const change = difference(to.gradient, from.gradient)
  const curvature = dot(step, change)
  if (!(curvature > 1e-14 * norm(step) * norm(change))) return
  pairs.push({ step, change, preconditioned: difference(to.preconditioned, from.preconditioned), rho: 1 / curvature })
  if (pairs.length > history) pairs.shift()
}

const sufficientDecrease = 1e-4
const slopeLeft = 0.9
const mostTries = 30

interface Trial {
  readonly t: number
  readonly slope: number
  readonly point: Point
}

/**
 * A step t > 0 with f(t) ≤ f(0) + 1e-4·t·f′(0) and |f′(t)| ≤ 0.9·|f′(0)|. The wanted place always lies between `low`,
 * where f still falls, and `high`, where it has risen or rises. Differences of f in its last digits are forgiven:
 * near the minimum only the slope can tell.
 *
 * @returns the point, or `undefined` when the direction leads nowhere in float64
 */
async function lineSearch(
  at: (x: Float64Array) => Promise<Point>,
  from: Point,
  direction: Float64Array,
  first: number,
): Promise<Point | undefined> {
  const start: Trial = { t: 0, slope: dot(from.gradient, direction), point: from }
  if (!(start.slope < 0)) return undefined
  const forgiven = 1e-14 * Math.max(1, Math.abs(from.value))
  let low = start
  let high: Trial | undefined
  let t = first
  for (let tries = 0; tries < mostTries; tries++) {
    const x = from.x.slice()
    addScaled(x, t, direction)
    const point = await at(x)
    const trial: Trial = { t, slope: dot(point.gradient, direction), point }
    const allowed = from.value + sufficientDecrease * t * start.slope + forgiven
    if (!(point.value <= allowed && point.value <= low.point.value + forgiven)) high = trial
    else if (Math.abs(trial.slope) <= -slopeLeft * start.slope) return point
    else if (trial.slope >= 0) high = trial
    else low = trial
    t = high === undefined ? 2 * t : between(low, high)
  }
  return low === start ? undefined : low.point
}

/** Where the cubic through both values and slopes is least, kept away from the ends. */
function between(low: Trial, high: Trial): number {
  const width = high.t - low.t
  const d = low.slope + high.slope - (3 * (high.point.value - low.point.value)) / width
  const root = Math.sqrt(d * d - low.slope * high.slope)
  const share = 1 - (high.slope + root - d) / (high.slope - low.slope + 2 * root)
  return low.t + width * (Number.isFinite(share) ? Math.min(0.9, Math.max(0.1, share)) : 0.5)
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - (b[i] ?? 0))
}

const copy = (x: Float64Array): Float64Array => x.slice()
