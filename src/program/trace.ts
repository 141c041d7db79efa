import type { Variable } from '../tensor/primitives.js'
import { ShapeError, within } from '../tensor/scope.js'
import { type Shape, sameShape, showShape, sizeOf } from '../tensor/shape.js'
import { input, make, type Tensor } from '../tensor/tensor.js'
import type { Drawing, DrawSpec } from './draws.js'

/** How what is traced shall be computed. */
export interface TraceOptions {
  /** Layers behave as in training: batch statistics, dropout */
  readonly training: boolean
  /** The inner tensors of marked parts are computed again in the backward: less memory, more time */
  readonly checkpointing?: boolean
  /** Marked functions get their batch in parts that stay in the processor's cache */
  readonly inParts?: boolean
}

/** What one trace records beside its tensors. */
export interface Trace extends TraceOptions {
  readonly draws: DrawSpec[]
  /** Draws of the step that lie outside, before it: their numbers are taken */
  readonly drawnBefore: number
  /** What each variable holds after the program has run */
  readonly updates: Map<Tensor, Tensor>
}

let current: Trace | undefined

/**
 * Runs `build` once, recording what it draws and which variables it changes.
 * @param drawnBefore draws of another trace that makes one step with this one
 */
export function trace<T>(
  options: TraceOptions,
  build: (draw: Draw) => T,
  drawnBefore = 0,
): { result: T; trace: Trace } {
  const outer = current
  const own: Trace = { ...options, draws: [], drawnBefore, updates: new Map() }
  current = own
  try {
    return { result: within('', () => build(draw)), trace: own }
  } finally {
    current = outer
  }
}

/** Layers within behave as outside of training, in a trace of a training too: those of a network that is frozen. */
export function asEvaluated<T>(build: () => T): T {
  const outer = current
  if (outer === undefined) return build()
  current = { ...outer, training: false } // draws and updates are those of the trace around it
  try {
    return build()
  } finally {
    current = outer
  }
}

/** Whether layers behave as in training; false outside a trace. */
export const isTraining = (): boolean => current?.training ?? false

/** Whether marked parts are computed again in the backward; false outside a trace. */
export const isCheckpointing = (): boolean => current?.checkpointing ?? false

/** Whether marked functions get their batch in parts; false outside a trace. */
export const isInParts = (): boolean => current?.inParts ?? false

/** The variable holds the value after this run of the program. */
export function update(variable: Tensor, value: Tensor): void {
  if (!sameShape(variable.shape, value.shape))
    throw new ShapeError('update', `${showShape(variable.shape)} cannot hold ${showShape(value.shape)}`)
  current?.updates.set(variable, value)
}

/** What the variable holds at this place of the trace: a layer called twice in a step goes on from its first update. */
export const latest = (variable: Tensor): Tensor => current?.updates.get(variable) ?? variable

/**
 * Random numbers that the host draws at each step, keyed by (seed, step, name): a step is a function of its inputs. The first
 * axis is that of the samples, or has as many rows for each of them, one after the other: a part of a batch draws what the whole
 * batch draws for its samples.
 */
export interface Draw {
  /** float in [low, high) */
  uniform(shape: Shape, low?: number, high?: number): Tensor
  /** float, standard normal */
  normal(shape: Shape): Tensor
  /** int [...shape], each of 0 … below − 1 */
  integer(shape: Shape, below: number): Tensor
  /** int [rows, n]: a random order of 0 … n − 1 in each row */
  permutation(rows: number, n: number): Tensor
}

export const draw: Draw = {
  uniform: (shape, low = 0, high = 1) => drawn(shape, 'float', { kind: 'uniform', low, high }),
  normal: shape => drawn(shape, 'float', { kind: 'normal' }),
  integer: (shape, below) => drawn(shape, 'int', { kind: 'integer', below }),
  permutation: (rows, n) => drawn([rows, n], 'int', { kind: 'permutation', n }),
}

function drawn(shape: Shape, dtype: 'float' | 'int', drawing: Drawing): Tensor {
  if (current === undefined) throw new Error('random numbers are drawn inside a trace')
  const name = `draw.${current.drawnBefore + current.draws.length}.${drawing.kind}`
  current.draws.push({ name, shape, dtype, drawing })
  return input(name, shape, dtype)
}

/** A scalar that the host knows at each step: the learning rate, the number of the step, how much is done (0 to 1). */
export function scheduled(name: ScheduledName): Tensor {
  const existing = schedules.get(name) ?? input(name, [])
  schedules.set(name, existing)
  return existing
}
export type ScheduledName = 'learningRate' | 'step' | 'progress'
const schedules = new Map<ScheduledName, Tensor>()

/** A new variable; it gets its name from the place in the model where it is put. */
export function variable(
  shape: Shape,
  initial: Variable['initial'],
  role: Variable['role'] = 'weight',
  { limits }: Pick<Variable, 'limits'> = {},
): Tensor {
  if (copying === undefined) {
    const own: Variable = { shape, initial, role, ...(limits && { limits }) }
    return make('variable', [], { variable: own }, shape, 'float')
  }
  const sources = copying
  const copied: Variable = { shape, initial, role: 'statistic', source: () => sources.get(copy) }
  const copy: Tensor = make('variable', [], { variable: copied }, shape, 'float')
  return copy
}

/**
 * Variables that are made within are copies: not trained, and with the first values of others.
 * @param sources of each copy, to be filled in once all are made
 */
export function asCopies<T>(sources: ReadonlyMap<Tensor, Tensor>, build: () => T): T {
  const outer = copying
  copying = sources
  try {
    return build()
  } finally {
    copying = outer
  }
}
let copying: ReadonlyMap<Tensor, Tensor> | undefined

export function variableOf(t: Tensor): Variable {
  if (t.op !== 'variable') throw new Error(`a variable expected, got ${t.op}`)
  return (t.attributes as { variable: Variable }).variable
}

/** The values a variable is filled with before the first step. */
export const filled =
  (value: number) =>
  (shape: Shape): Variable['initial'] =>
  () =>
    new Float64Array(sizeOf(shape)).fill(value)
