import type { InputsOf, Primitive, TensorOf } from '../../tensor/primitives.js'
import type { Emitter } from './emitter.js'

type Names<Operands extends readonly unknown[]> = { readonly [I in keyof Operands]: string }

/** Writes one primitive as ONNX nodes; gets the names of its operands, gives the name of its result. */
export type Lowering<P extends Primitive> = (e: Emitter, names: Names<InputsOf<P>>, t: TensorOf<P>) => string
export type LoweringTable = { readonly [P in Primitive]: Lowering<P> }
