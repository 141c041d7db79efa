import { variableOf } from '../program/trace.js'
import { sizeOf } from '../tensor/shape.js'
import { type AnyModule, variablesOf } from './module.js'

/** Numbers that are trained; running statistics are none. */
export function parameterCount(root: AnyModule): number {
  const trained = [...variablesOf(root).values()].filter(t => variableOf(t).role !== 'statistic')
  return trained.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
}
