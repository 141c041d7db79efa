import { uniforms } from '../program/draws.js'
import { variableOf } from '../program/trace.js'
import type { Tensor } from '../tensor/tensor.js'

/**
 * What every variable holds before the first step: what is given of it, else its own initialiser's values, drawn by
 * (seed, name), so that neither the order nor the rest of the model matters. A copy (a teacher's) gets the values of its
 * source. One after the other, because all at once are as large as the state of a training.
 * @param names every variable, and the source of every copy
 * @param seed the run's
 * @param given values by their names, such as those of a file
 */
export function* initialValues(
  names: ReadonlyMap<Tensor, string>,
  seed: number,
  given: ReadonlyMap<string, Float32Array> = new Map(),
): Generator<[string, Float32Array]> {
  const valuesOf = (t: Tensor): Float32Array => {
    const { initial, source, shape } = variableOf(t)
    const name = names.get(t)
    if (name === undefined) throw new Error(`a variable of shape [${shape}] has no name: put it into a module`)
    const copied = source?.()
    return copied === undefined
      ? (given.get(name) ?? new Float32Array(initial(uniforms(seed, 0, name))))
      : valuesOf(copied)
  }
  for (const [t, name] of names) yield [name, valuesOf(t)]
}

/** Those of a program's own variables: of a network that is used in part, the rest is in no program. */
export function* valuesFor<Value>(
  { state }: { readonly state: readonly { readonly name: string }[] },
  values: Iterable<readonly [string, Value]>,
): Generator<readonly [string, Value]> {
  const own = new Set(state.map(({ name }) => name))
  for (const [name, value] of values) if (own.has(name)) yield [name, value]
}
