import type { DType } from '../../tensor/primitives.js'
import { type Shape, sameShape, sizeOf } from '../../tensor/shape.js'
import { type Attribute, type ElementType, Float, type Initializer, type Node } from '../onnx/model.js'

export type Precision = 'float32' | 'float64'

/** What the matrix products of layers that may be computed in fewer bits are in. */
export type Products = 'fp32' | 'int8'

/** Collects the nodes and initializers of one ONNX graph; equal ones are written once. */
export class Emitter {
  readonly nodes: Node[] = []
  readonly initializers: Initializer[] = []
  /** Plain values that there are in blocked layout too: plain name → blocked name */
  readonly twins = new Map<string, string>()
  private readonly renamed = new Map<string, string>()
  private readonly makers = new Map<string, Node>()
  private readonly known = new Map<string, readonly string[]>()
  private named = 0

  /**
   * @param free a size that stands for whatever the input of that name brings along its first axis
   * @param block channels that lie together in the device's own convolutions; 0 where it has none
   * @param products of layers that may be computed in fewer bits
   */
  constructor(
    readonly precision: Precision,
    private readonly free?: { readonly size: number; readonly input: string },
    readonly block = 0,
    readonly products: Products = 'fp32',
  ) {}

  /** Adds a node and names its outputs. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    { domain = '', outputs = 1 } = {},
  ): string[] {
    const shown = Object.entries(attributes).map(([name, value]) => [
      name,
      value instanceof Float ? `f${value.value}` : value,
    ])
    return this.once(JSON.stringify([operator, domain, inputs, outputs, shown]), () => {
      const names = Array.from({ length: outputs }, () => this.name())
      const node = { operator, domain, inputs, outputs: names, attributes }
      this.nodes.push(node)
      for (const name of names) this.makers.set(name, node)
      return names
    })
  }

  /** Adds a node with one output. */
  one(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = '',
  ): string {
    return this.node(operator, inputs, attributes, { domain })[0] ?? ''
  }

  ints(values: readonly number[]): string {
    return this.values(Float64Array.from(values), [values.length], 'int64')
  }

  /** A shape as a value; sizes that are free are computed when the program runs. */
  shape(shape: Shape): string {
    const { free } = this
    if (free === undefined || !shape.some(size => isMultiple(size, free.size))) return this.ints(shape)
    const count = this.one('Slice', [this.one('Shape', [free.input]), this.ints([0]), this.ints([1])])
    const sizes = shape.map(size =>
      isMultiple(size, free.size) ? this.one('Mul', [count, this.ints([size / free.size])]) : this.ints([size]),
    )
    return this.one('Concat', sizes, { axis: 0 })
  }

  float(value: number): string {
    return this.values(Float64Array.of(value), [], this.precision)
  }

  values(values: Float64Array, shape: Shape, type: ElementType): string {
    const bytes = toBytes(values, type)
    const add = (): string[] => {
      const name = this.name()
      this.initializers.push({ name, type, shape, bytes })
      return [name]
    }
    if (sizeOf(shape) <= 64) return this.once(JSON.stringify([type, shape, [...bytes]]), add)[0] ?? ''
    const twin = this.initializers.find(
      other => other.type === type && sameShape(other.shape, shape) && sameBytes(other.bytes, bytes),
    )
    return twin?.name ?? add()[0] ?? ''
  }

  typeOf(dtype: DType): ElementType {
    return { float: this.precision, int: 'int64', bool: 'bool', uint8: 'uint8' }[dtype] as ElementType
  }

  /** Calls a node's output by the name of an output of the program; false when it is no node's, or has such a name already. */
  rename(from: string, to: string): boolean {
    if (this.renamed.has(from) || !this.makers.has(from)) return false
    this.renamed.set(from, to)
    return true
  }

  nameOf(name: string): string {
    return this.renamed.get(name) ?? name
  }

  /** The node that makes a value. */
  madeBy(name: string): Node | undefined {
    return this.makers.get(name)
  }

  /** The nodes that the outputs of the program need, with all names as they are in the end. */
  finished(outputs: readonly string[]): Node[] {
    const final = (names: readonly string[]) => names.map(name => this.nameOf(name))
    const all = this.nodes.map(node => ({ ...node, inputs: final(node.inputs), outputs: final(node.outputs) }))
    const needed = new Set(outputs)
    const kept = all.reverse().filter(node => {
      if (!node.outputs.some(name => needed.has(name))) return false
      for (const name of node.inputs) needed.add(name)
      return true
    })
    return kept.reverse()
  }

  private name(): string {
    return `t${this.named++}`
  }

  private once(key: string, add: () => string[]): string[] {
    const before = this.known.get(key)
    if (before !== undefined) return [...before]
    const names = add()
    this.known.set(key, names)
    return names
  }
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i])

const isMultiple = (size: number, of: number): boolean => size > 0 && size % of === 0

function toBytes(values: Float64Array, type: ElementType): Uint8Array {
  const typed = {
    float32: () => Float32Array.from(values),
    float64: () => values,
    int64: () => BigInt64Array.from(values, value => BigInt(value)),
    bool: () => Uint8Array.from(values),
    uint8: () => Uint8Array.from(values),
  }[type]()
  return new Uint8Array(typed.buffer, typed.byteOffset, typed.byteLength)
}
