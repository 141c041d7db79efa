import { uniforms } from '../program/draws.js'
import { variableOf } from '../program/trace.js'
import type { Tensor } from '../tensor/tensor.js'

/**
 * What every variable holds before the first step: its own initialiser's values, drawn by (seed, name), so that
 * neither the order nor the rest of the model matters. A copy (a teacher) gets the values of its source. One after the
 * other, because all at once are as large as the state of a training.
 * @param names every variable, and the source of every copy
 * @param seed the run's
 */
export function* initialValues(names: ReadonlyMap<Tensor, string>, seed: number): Generator<[string, Float32Array]> {
  for (const [t, name] of names) yield [name, valuesOf(t, names, seed)]
}

function valuesOf(t: Tensor, names: ReadonlyMap<Tensor, string>, seed: number): Float32Array {
  const { initial, copyOf, shape } = variableOf(t)
  const name = names.get(t)
  if (name === undefined) throw new Error(`a variable of shape [${shape}] has no name: put it into a module`)
  return copyOf === undefined ? new Float32Array(initial(uniforms(seed, 0, name))) : valuesOf(copyOf, names, seed)
}
