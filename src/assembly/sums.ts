import type { Optimised } from '../optim/optimisers.js'
import { filled, variable } from '../program/trace.js'
import { topological } from '../tensor/derivative.js'
import { after } from '../tensor/recompute.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { type Movable, trainedOf } from './descent.js'

/** A variable that is trained, and the variable in which its gradient is added up; zero between two steps. */
export interface Sum extends Movable {
  readonly gradient: Tensor
}

const PREFIX = 'sum.'

/** Whether a variable of that name is empty between two steps, so that no checkpoint needs it. */
export const isSum = (name: string): boolean => name.startsWith(PREFIX)

/** A sum for every variable that is trained. */
export const sumsOf = (names: ReadonlyMap<Tensor, string>): readonly Sum[] =>
  trainedOf(names).map(movable => ({ ...movable, gradient: emptySum(movable.variable.shape) }))

export const emptySum = (shape: readonly number[]): Tensor => variable(shape, filled(0)(shape), 'statistic')

export const namesOf = (sums: readonly Sum[]): (readonly [Tensor, string])[] =>
  sums.map(({ name, gradient }) => [gradient, `${PREFIX}${name}`] as const)

/** The name of what the losses of the parts are divided by in the end. */
export const WEIGHT = `${PREFIX}weight`

/**
 * Adds the gradients of results to the sums of those variables that they are made of.
 * @returns the next values of the sums
 */
export function added(
  sums: readonly Sum[],
  results: readonly Tensor[],
  gradients: (of: readonly Tensor[]) => readonly Tensor[],
): (readonly [Tensor, Tensor])[] {
  const within = new Set(topological(results))
  const reached = sums.filter(sum => within.has(sum.variable))
  const further = gradients(reached.map(sum => sum.variable))
  return reached.map(({ gradient }, i) => [gradient, gradient.add(further[i] ?? 0)] as const)
}

/** Zeros for the next step, once this one has read the sums. */
export const emptied = (sums: readonly Sum[], { updates }: Pick<Optimised, 'updates'>) =>
  sums.map(({ variable, gradient }) => [gradient, zeroAfter(gradient, updates.get(variable) ?? variable)] as const)

export const zeroAfter = (sum: Tensor, read: Tensor): Tensor => after(constant(0).expand(...sum.shape), read)
