import { asCopies, variableOf } from '../program/trace.js'
import { sameShape } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { type AnyModule, variablesOf } from './module.js'

/**
 * A second module of the same make that is never trained: it starts with the values of its student, whatever those are, and
 * takes no part in gradients or in the optimiser's state. Name it among the learner's `teachers`, so that it follows.
 * @param make makes a module like the student
 * @throws Error when the two differ in their variables
 */
export function teacherOf<M extends AnyModule>(student: M, make: () => M): M {
  const sources = new Map<Tensor, Tensor>()
  const teacher = asCopies(sources, make)
  const own = variablesOf(teacher)
  for (const [name, source] of variablesOf(student)) {
    const copy = own.get(name)
    if (copy === undefined || !sameShape(copy.shape, source.shape))
      throw new Error(`a teacher is made as its student is: ${name} differs`)
    sources.set(copy, source)
  }
  if (own.size !== sources.size) throw new Error('a teacher is made as its student is: it has variables of its own')
  return teacher
}

/** A module that is never trained: after every step it comes a little nearer to another one of the same make. */
export interface Follower {
  readonly teacher: AnyModule
  readonly student: AnyModule
  /** Share of itself that it keeps in a step, 0 … 1: a number, or a tensor that changes by `scheduled('progress')` */
  readonly momentum: number | Tensor
}

/**
 * The next values of a teacher: m · its own + (1 − m) · its student's after the step, for all that the student trains. Running
 * statistics are the teacher's own, of what it is shown.
 * @param next what a variable holds after the step
 * @see He et al. 2020, Momentum Contrast, eq. 2
 */
export function followed(
  { teacher, student, momentum }: Follower,
  next: (variable: Tensor) => Tensor,
): ReadonlyMap<Tensor, Tensor> {
  const own = variablesOf(teacher)
  return new Map(
    [...variablesOf(student)].flatMap(([name, source]) => {
      const variable = own.get(name)
      if (variable === undefined) throw new Error(`the teacher has no ${name}: make it by teacherOf`)
      if (variableOf(source).role === 'statistic') return []
      const ahead = next(source)
      return [[variable, ahead.add(variable.sub(ahead).mul(momentum))] as const]
    }),
  )
}
