import { topological } from '../tensor/derivative.js'
import { sizeOf } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { lower } from './compile.js'
import { Emitter } from './lowering/emitter.js'
import { standard } from './lowering/index.js'
import { type ValueInfo, type WrittenModel, writeModel } from './onnx/model.js'
import { simplify } from './simplify.js'

/** A prime, so that every size that depends on the batch can be told from all others. */
export const FREE_BATCH = 1_000_003

export interface Standalone {
  /** What the model is given */
  readonly input: ValueInfo
  /** The tensor input whose first axis is free, traced with {@link FREE_BATCH}: the model's own, or one that `before` makes */
  readonly free: string
  readonly outputs: Readonly<Record<string, Tensor>>
  /** Makes the inputs that the outputs are traced with of what the model is given, where they differ; names them by `e.rename` */
  readonly before?: (e: Emitter) => void
  /** The value of every variable, kept inside the model under its name */
  readonly values: ReadonlyMap<Tensor, { readonly name: string; readonly data: Float32Array }>
  /** File name of the external data, if the model gets too large for one file */
  readonly externalFile: string
  /** What the model says of itself */
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * A model for others to run: its parameters inside, any number of samples at once, only standard ONNX operators.
 */
export function writeStandalone(standalone: Standalone): WrittenModel {
  const { input, free, outputs, before, values, ...options } = standalone
  const named = Object.entries(outputs)
  const roots = simplify(
    named.map(([, tensor]) => tensor),
    false,
  )
  const e = new Emitter('float32', { size: FREE_BATCH, input: free })
  before?.(e)
  const names = new Map([...values].map(([variable, { name }]) => [variable, name]))
  const lowered = lower(topological(roots), e, standard, names)
  for (const [i, [name]] of named.entries()) {
    const root = roots[i]
    if (root === undefined || !e.rename(lowered(root), name)) throw new Error(`${name} is no result of the model`)
  }
  const parameters = [...values].map(([variable, { name, data }]) => {
    if (data.length !== sizeOf(variable.shape))
      throw new Error(`${name}: ${data.length} values for [${variable.shape}]`)
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    return { name, type: 'float32' as const, shape: variable.shape, bytes }
  })
  const info = ([name, t]: readonly [string, Tensor]): ValueInfo => ({
    name,
    type: e.typeOf(t.dtype),
    shape: t.shape.map(size => (size % FREE_BATCH === 0 ? 'N' : size)),
  })
  const graph = {
    nodes: e.finished(named.map(([name]) => name)),
    inputs: [input],
    outputs: named.map(info),
    initializers: [...e.initializers, ...parameters],
  }
  return writeModel(graph, options)
}
