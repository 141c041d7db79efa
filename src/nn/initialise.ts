import { uniforms } from '../program/draws.js'
import { variableOf } from '../program/trace.js'
import type { Tensor } from '../tensor/tensor.js'

/**
 * What every variable holds before the first step: its own initialiser's values, drawn by (seed, name), so that
 * neither the order nor the rest of the model matters. A copy (a teacher) gets the values of its source.
 * @param names every variable, and the source of every copy
 * @param seed the run's
 */
export function initialValues(names: ReadonlyMap<Tensor, string>, seed: number): Map<string, Float32Array> {
  const values = new Map<Tensor, Float32Array>()
  const valuesOf = (t: Tensor): Float32Array => {
    const known = values.get(t)
    if (known !== undefined) return known
    const { initial, copyOf, shape } = variableOf(t)
    const name = names.get(t)
    if (name === undefined) throw new Error(`a variable of shape [${shape}] has no name: put it into a module`)
    const own = copyOf === undefined ? Float32Array.from(initial(uniforms(seed, 0, name))) : valuesOf(copyOf)
    values.set(t, own)
    return own
  }
  return new Map([...names].map(([t, name]) => [name, valuesOf(t).slice()]))
}
