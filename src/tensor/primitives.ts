import type { Shape } from './shape.js'
import type { Tensor } from './tensor.js'

/** `float` is float32 or float64, whichever the program is compiled for. */
export type DType = 'float' | 'int' | 'bool' | 'uint8'

/** A named place that a program reads and may write: a parameter, a running statistic, an optimiser's moment. */
export interface Variable {
  readonly shape: Shape
  readonly role: VariableRole
  /** The values before the first step, row-major; `uniform` gives numbers in [0, 1) */
  readonly initial: (uniform: () => number) => Float64Array
  /** Another variable whose first values this one shares (a teacher's, of its student's) */
  readonly source?: () => Tensor | undefined
  /** What an optimiser keeps it within, after each of its steps */
  readonly limits?: readonly [low: number, high: number]
}

/** Only weights decay; statistics are not trained. */
export type VariableRole = 'weight' | 'bias' | 'gain' | 'token' | 'scale' | 'statistic'

export interface ConvolutionAttributes {
  readonly stride: Shape
  /** Zeros added at both ends of each spatial axis: [begin, end] */
  readonly padding: readonly (readonly [number, number])[]
  readonly dilation: Shape
  readonly groups: number
  /** Whether the products of the layer, and of its gradient in the input, may be computed in fewer bits; not unless told */
  readonly int8?: boolean
}

/**
 * Which of the three products of a layer a matrix product is, where the layer may be computed in fewer bits; `gradients` is the
 * forward one where only the other two may.
 */
export type ProductRole = 'forward' | 'gradients' | 'input' | 'weight'

export type One = readonly [Tensor]
export type Two = readonly [Tensor, Tensor]
export type Three = readonly [Tensor, Tensor, Tensor]
export type Five = readonly [Tensor, Tensor, Tensor, Tensor, Tensor]
export interface Of<Inputs extends readonly Tensor[], Attributes = object> {
  readonly inputs: Inputs
  readonly attributes: Attributes
}

export type Unary =
  | 'neg'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'sin'
  | 'cos'
  | 'tanh'
  | 'sigmoid'
  | 'erf'
  | 'softplus'
  | 'relu'
  | 'step'
  | 'gelu'
  | 'abs'
  | 'sign'
  | 'floor'
export type Binary = 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'maximum' | 'minimum'

/** Everything a program can be made of: the operands and the attributes of each primitive. */
export interface Primitives extends Record<Unary, Of<One>>, Record<Binary, Of<Two>> {
  input: Of<readonly [], { readonly name: string }>
  variable: Of<readonly [], { readonly variable: Variable }>
  constant: Of<readonly [], { readonly values: Float64Array }>

  not: Of<One>
  cast: Of<One, { readonly to: DType }>
  stopGradient: Of<One>
  /** The first operand, computed from the others; see `recompute.ts` */
  segment: Of<readonly [result: Tensor, ...inputs: Tensor[]]>
  /** The first operand, but not before the others are known */
  after: Of<readonly [x: Tensor, ...others: Tensor[]]>

  less: Of<Two>
  equal: Of<Two>
  and: Of<Two>
  or: Of<Two>
  where: Of<Three>

  sum: Of<One, { readonly axes: Shape }>
  mean: Of<One, { readonly axes: Shape }>
  max: Of<One, { readonly axes: Shape }>
  logSumExp: Of<One, { readonly axes: Shape }>
  softmax: Of<One, { readonly axis: number }>
  logSoftmax: Of<One, { readonly axis: number }>
  /** (x − mean) / deviation over the axes, biased variance */
  normalize: Of<One, { readonly axes: Shape; readonly epsilon: number }>
  /** 1 / √(variance + ε) over the axes, which stay with size 1 */
  inverseDeviation: Of<One, { readonly axes: Shape; readonly epsilon: number }>
  /** a·x + b with one a and one b a channel: x [N, C, ...], a [C], b [C] */
  scaleShift: Of<Three>
  /** scale·(x − mean) / deviation + shift over all axes but 1: x [N, C, ...], scale [C], shift [C] */
  batchNormalize: Of<Three, { readonly epsilon: number }>
  cumsum: Of<One, { readonly axis: number; readonly reverse: boolean }>
  argmax: Of<One, { readonly axis: number }>
  /** Indices of the k largest along the last axis, largest first */
  topK: Of<One, { readonly k: number }>

  reshape: Of<One>
  expand: Of<One>
  transpose: Of<One, { readonly permutation: Shape }>
  slice: Of<One, { readonly axis: number; readonly start: number; readonly step: number }>
  pad: Of<One, { readonly axis: number; readonly before: number; readonly after: number; readonly value: number }>
  concat: Of<readonly Tensor[], { readonly axis: number }>
  /** Every pixel of [N, C, H, W] becomes factor × factor equal ones */
  upsample: Of<One, { readonly factor: number }>
  /** Gradient of upsample: the sum of each factor × factor pixels */
  windowSum: Of<One, { readonly factor: number }>
  /** Rows of the first operand along the axis, named by the second */
  gather: Of<Two, { readonly axis: number }>
  /** Gradient of gather along axis 0: rows added up where the indices say */
  scatterAdd: Of<Two>
  /** Rows of each sample: x [N, L, ...row], indices [N, K] */
  takeRows: Of<Two>
  /** Gradient of takeRows: rows of each sample added up where its indices say */
  addRows: Of<Two>
  /** One element per index along the axis */
  takeAlong: Of<Two, { readonly axis: number }>
  /** Gradient of takeAlong: elements added up where the indices say */
  putAlong: Of<Two, { readonly axis: number }>

  /** States of a gated recurrent unit after each frame: x, weight, recurrent weight and the bias of each */
  gru: Of<Five>

  /** With a role it is x·Wᵀ, the gradient g·W in the input of that, or gᵀ·x in its weight */
  matmul: Of<Two, { readonly transposeA: boolean; readonly transposeB: boolean; readonly role?: ProductRole }>
  conv: Of<Two, ConvolutionAttributes>
  /** Gradient of conv in its input, which is the transposed convolution: operands output and weight */
  convInput: Of<Two, ConvolutionAttributes>
  /** Gradient of conv in its weight: operands input and output */
  convWeight: Of<Two, ConvolutionAttributes>
}

export type Primitive = keyof Primitives
export type InputsOf<P extends Primitive> = Primitives[P]['inputs']
export type AttributesOf<P extends Primitive> = Primitives[P]['attributes']

/** A tensor known to come from the primitive P. */
export type TensorOf<P extends Primitive> = Tensor & {
  readonly op: P
  readonly inputs: InputsOf<P>
  readonly attributes: AttributesOf<P>
}
