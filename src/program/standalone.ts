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
  /** One input, traced with {@link FREE_BATCH} along its first axis */
  readonly input: { readonly name: string; readonly tensor: Tensor }
  readonly output: { readonly name: string; readonly tensor: Tensor }
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
export function writeStandalone({ input, output, values, ...options }: Standalone): WrittenModel {
  const [root = output.tensor] = simplify([output.tensor], false)
  const e = new Emitter('float32', { size: FREE_BATCH, input: input.name })
  const names = new Map([...values].map(([variable, { name }]) => [variable, name]))
  const lowered = lower(topological([root]), e, standard, names)
  const result = lowered(root)
  if (!e.rename(result, output.name)) throw new Error('the output is no result of the model')
  const parameters = [...values].map(([variable, { name, data }]) => {
    if (data.length !== sizeOf(variable.shape))
      throw new Error(`${name}: ${data.length} values for [${variable.shape}]`)
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    return { name, type: 'float32' as const, shape: variable.shape, bytes }
  })
  const info = (name: string, t: Tensor): ValueInfo => ({
    name,
    type: e.typeOf(t.dtype),
    shape: ['N', ...t.shape.slice(1)],
  })
  const graph = {
    nodes: e.finished([output.name]),
    inputs: [info(input.name, input.tensor)],
    outputs: [info(output.name, output.tensor)],
    initializers: [...e.initializers, ...parameters],
  }
  return writeModel(graph, options)
}
