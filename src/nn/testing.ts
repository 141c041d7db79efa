import { openEngine } from '../engine/node/engine.js'
import { array, type Given, gradientError, randomArray } from '../engine/testing.js'
import { compile } from '../program/compile.js'
import type { Precision, Products } from '../program/lowering/emitter.js'
import { type TraceOptions, trace, variableOf } from '../program/trace.js'
import { derivative, topological } from '../tensor/derivative.js'
import { input, make, type Tensor } from '../tensor/tensor.js'
import { initialValues } from './initialise.js'
import { type AnyModule, variablesOf } from './module.js'

export interface ModuleRun extends Partial<TraceOptions> {
  readonly precision?: Precision
  /** Of layers that may be computed in fewer bits; fp32 unless told */
  readonly products?: Products
  /** In place of the first values that the module asks for, by name */
  readonly values?: ReadonlyMap<string, ArrayLike<number>>
  /** Variables whose gradients of the result weighted by `weights` are wanted */
  readonly gradientsOf?: readonly string[]
  readonly weights?: ArrayLike<number>
  /** How far the training is, 0 … 1, for what hangs on it */
  readonly progress?: number
}

export interface ModuleResult {
  readonly shape: readonly number[]
  readonly y: number[]
  /** By the name of the variable */
  readonly gradients: Record<string, number[]>
  /** All variables after the run, by name */
  readonly state: Map<string, number[]>
}

/** Runs a function of a module once, in evaluation mode and float64 unless told. */
export async function runModule(
  root: AnyModule,
  forward: (...inputs: Tensor[]) => Tensor,
  given: readonly Given[],
  {
    training = false,
    checkpointing = false,
    inParts = false,
    precision = 'float64',
    products = 'fp32',
    values = new Map(),
    gradientsOf = [],
    weights = [],
    progress,
  }: ModuleRun = {},
): Promise<ModuleResult> {
  const inputs = given.map(({ shape }, i) => input(`input.${i}`, shape))
  const variables = variablesOf(root)
  const names = new Map([...variables].map(([name, t]) => [t, name]))
  const { result, trace: traced } = trace({ training, checkpointing, inParts }, () => {
    const y = forward(...inputs)
    const wanted = gradientsOf.map(name => variables.get(name) ?? y)
    const gradients = derivative(y.mul(input('weights', y.shape)).sum(), wanted)
    return { y, gradients: gradientsOf.map((name, i) => [`gradient ${name}`, gradients[i] ?? y] as const) }
  })
  const outputs = { y: result.y, ...Object.fromEntries(result.gradients) }
  const engine = openEngine({ device: 'cpu', precision, threads: 2 })
  try {
    const { updates, draws } = traced
    const program = compile({ outputs, updates, names, draws }, { device: 'cpu', precision, products })
    await engine.load('module', program)
    const known = new Set(program.state.map(({ name }) => name))
    await engine.write(new Map([...initialValues(names, 0), ...values].filter(([name]) => known.has(name))))
    const feeds = {
      ...Object.fromEntries(given.map((g, i) => [`input.${i}`, g.values])),
      weights,
      ...(progress !== undefined && { progress: [progress] }),
    }
    const results = await engine.run('module', feeds)
    const numbers = (name: string) => Array.from(results[name] ?? [], Number)
    return {
      shape: result.y.shape,
      y: numbers('y'),
      gradients: Object.fromEntries(gradientsOf.map(name => [name, numbers(`gradient ${name}`)])),
      state: new Map([...(await engine.read())].map(([name, data]) => [name, Array.from(data, Number)])),
    }
  } finally {
    await engine.close()
  }
}

/**
 * The largest relative difference between a module's gradients, in its inputs and in all its variables, and central
 * differences in float64. The variables get random values: gains and statistics around 1, the others around 0.
 */
export async function moduleGradientError(
  root: AnyModule,
  forward: (...inputs: Tensor[]) => Tensor,
  given: readonly Given[],
  { training = false } = {},
): Promise<number> {
  const variables = [...variablesOf(root).values()]
  const values = variables.map((t, i) => {
    const { role } = variableOf(t)
    const low = role === 'gain' || role === 'statistic' ? 0.5 : -0.5
    return randomArray(t.shape, { seed: 100 + i, low, high: low + 1 })
  })
  const build = (...all: Tensor[]) => {
    const y = trace({ training }, () => forward(...all.slice(0, given.length))).result
    return replaced(y, new Map(variables.map((t, i) => [t, all[given.length + i] ?? t])))
  }
  return gradientError(build, [...given, ...values])
}

/** The same computation on other tensors. */
function replaced(root: Tensor, by: ReadonlyMap<Tensor, Tensor>): Tensor {
  const made = new Map(by)
  for (const t of topological([root])) {
    if (made.has(t)) continue
    const inputs = t.inputs.map(x => made.get(x) ?? x)
    const changed = inputs.some((x, i) => x !== t.inputs[i])
    made.set(t, changed ? make(t.op, inputs as never, t.attributes, t.shape, t.dtype) : t)
  }
  return made.get(root) ?? root
}

/** An array at a place in a nested order: `at(g, 1, 0, 2)`. */
export const at = ({ shape, values }: Given, ...place: number[]): number =>
  values[place.reduce((index, p, axis) => index * (shape[axis] ?? 1) + p, 0)] ?? Number.NaN

/** An array filled by a function of the place. */
export function arrayOf(shape: readonly number[], value: (...place: number[]) => number): Given {
  const count = shape.reduce((n, size) => n * size, 1)
  const place = (index: number) =>
    shape.map((size, axis) => Math.floor(index / shape.slice(axis + 1).reduce((n, s) => n * s, 1)) % size)
  return array(
    shape,
    Array.from({ length: count }, (_, i) => value(...place(i))),
  )
}
