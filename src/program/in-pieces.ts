import { type Shape, sameShape, sizeOf } from '../tensor/shape.js'
import { elementwise } from './in-place.js'
import type { Initializer, LoopBody, Node } from './onnx/model.js'

/** Operators whose result at a place hangs on the same place of their operands alone */
const placewise = new Set([...elementwise, 'Abs', 'Exp', 'Erf', 'Tanh', 'Sigmoid', 'HardSigmoid', 'Relu', 'Gelu'])

/** Numbers from which on a tensor, and what is made of it in between, leave the cache */
const LARGE = 2 ** 21
/** Of a piece, at least: a megabyte */
const PIECE = 2 ** 18
/** Operators from which on it pays: what lies between two of them is written to memory and read from there */
const CHAIN = 3
/** Numbers that a processor takes at once: a piece of whole ones gives the bits that all at once would */
const VECTOR = 16

export interface ToCut {
  readonly nodes: readonly Node[]
  readonly initializers: readonly Initializer[]
  /** Of the values that are known to be floats */
  readonly shapes: ReadonlyMap<string, Shape>
  /** Names of what the program is asked for */
  readonly outputs: ReadonlySet<string>
  /** Names a constant of so many integers */
  readonly ints: (values: readonly number[]) => string
}

/**
 * Chains of elementwise operators on large tensors, such as the slope of GELU on the frames of a convolution, as a loop over
 * pieces of them: each piece stays in the cache on its way through the chain, where each operator would go over all of the
 * memory. The numbers are the same to the bit.
 *
 * @param outputs must not be within a chain: variables are written over by an operator that is seen to do so
 */
export function inPieces({ nodes, initializers, shapes, outputs, ints }: ToCut): Node[] {
  // of no more axes than a piece has
  const scalars = new Set(
    initializers.filter(({ shape }) => shape.length < 2 && sizeOf(shape) === 1).map(({ name }) => name),
  )
  const made = new Set(nodes.flatMap(node => node.outputs))
  const readers = new Map<string, number[]>()
  nodes.forEach(({ inputs }, i) => {
    for (const name of new Set(inputs)) readers.set(name, [...(readers.get(name) ?? []), i])
  })
  const shapeOf = ({ operator, domain, inputs, outputs: [y = ''] }: Node): Shape | undefined => {
    const shape = shapes.get(y)
    if (shape === undefined || domain !== '' || !placewise.has(operator) || outputs.has(y)) return undefined
    const fits = (name: string) => scalars.has(name) || (made.has(name) && sameShape(shapes.get(name) ?? [], shape))
    return sizeOf(shape) >= LARGE && inputs.every(fits) ? shape : undefined
  }

  /** Of nodes that stand in a chain: the one that ends it */
  const ends = new Map<number, number>()
  for (let end = nodes.length - 1; end >= 0; end--) {
    const shape = shapeOf(nodes[end] as Node)
    if (ends.has(end) || shape === undefined || sizePiece(sizeOf(shape)) === undefined) continue
    const chain = new Set([end])
    for (let i = end - 1; i >= 0; i--) {
      const [node, read] = [nodes[i] as Node, readers.get(nodes[i]?.outputs[0] ?? '') ?? []]
      if (ends.has(i) || read.length === 0 || !read.every(reader => chain.has(reader))) continue
      if (sameShape(shapeOf(node) ?? [], shape)) chain.add(i)
    }
    if (chain.size >= CHAIN) for (const i of chain) ends.set(i, end)
  }

  return nodes.flatMap((node, i): Node[] => {
    const end = ends.get(i)
    if (end === undefined) return [node]
    if (end !== i) return [] // within the loop that stands where its chain ends
    const chain = nodes.filter((_, at) => ends.get(at) === end)
    const shape = shapes.get(node.outputs[0] ?? '') ?? []
    const piece = sizePiece(sizeOf(shape)) ?? sizeOf(shape)
    const shapesAround = { cut: ints([sizeOf(shape) / piece, piece]), whole: ints(shape) }
    return loopOf(chain, scalars, piece, shapesAround)
  })
}

/** The least size of equal pieces, whole vectors each; undefined where there is none. */
function sizePiece(total: number): number | undefined {
  for (let count = Math.floor(total / PIECE); count > 1; count--)
    if (total % (count * VECTOR) === 0 && total / count <= 4 * PIECE) return total / count
  return undefined
}

/** A chain as a loop over pieces of what it reads. @param shapes of its operands and result, as they are cut and as they are whole */
function loopOf(
  chain: readonly Node[],
  scalars: ReadonlySet<string>,
  piece: number,
  shapes: { readonly cut: string; readonly whole: string },
): Node[] {
  const end = chain.at(-1)?.outputs[0] ?? ''
  const inside = new Set(chain.flatMap(({ outputs }) => outputs))
  const read = [...new Set(chain.flatMap(({ inputs }) => inputs))].filter(x => !inside.has(x) && !scalars.has(x))
  const pieceOf = (name: string) => `${name} in pieces of ${end}`
  const own = (name: string) => (scalars.has(name) ? name : pieceOf(name))
  const port = (name: string) => ({ name: pieceOf(name), type: 'float32' as const, shape: [piece] })
  const body: LoopBody = {
    nodes: chain.map(node => ({ ...node, inputs: node.inputs.map(own), outputs: node.outputs.map(pieceOf) })),
    inputs: read.map(port),
    outputs: [port(end)],
  }
  const plain = { domain: '', attributes: {} }
  const cutName = (name: string) => `${name} cut for ${end}`
  return [
    ...read.map(x => ({ ...plain, operator: 'Reshape', inputs: [x, shapes.cut], outputs: [cutName(x)] })),
    {
      ...{ operator: 'Scan', domain: '', attributes: { body, num_scan_inputs: read.length } },
      ...{ inputs: read.map(cutName), outputs: [cutName(end)] },
    },
    { ...plain, operator: 'Reshape', inputs: [cutName(end), shapes.whole], outputs: [end] },
  ]
}
