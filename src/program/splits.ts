import { type Shape, sizeOf } from '../tensor/shape.js'
import type { Initializer, Node } from './onnx/model.js'

/**
 * A vector that slices take apart, as the optimiser's of all small variables is, is split into all its parts by one operator:
 * of so little each takes longer to begin than to do.
 * @param shapes of values, as far as they are known
 * @param ints names a constant of so many integers
 */
export function splits(
  nodes: readonly Node[],
  initializers: readonly Initializer[],
  shapes: ReadonlyMap<string, Shape>,
  ints: (values: readonly number[]) => string,
): readonly Node[] {
  const integers = new Map(initializers.map(constant => [constant.name, constant]))
  const slices = new Map<string, Part[]>()
  for (const node of nodes) {
    const part = partOf(node, integers, shapes)
    if (part !== undefined) slices.set(part.vector, [...(slices.get(part.vector) ?? []), part])
  }
  const made = new Map<Node, Node | undefined>() // of the first slice what stands in its place, of all others nothing
  for (const [vector, parts] of slices) {
    const inOrder = [...parts].sort((a, b) => a.from - b.from)
    const total = sizeOf(shapes.get(vector) ?? [])
    const areAll = inOrder.every(({ from }, i) => from === (inOrder[i - 1]?.to ?? 0)) && inOrder.at(-1)?.to === total
    if (!areAll || parts.length < 2) continue
    const sizes = ints(inOrder.map(({ from, to }) => to - from))
    for (const { node } of parts) made.set(node, undefined)
    made.set(parts[0]?.node as Node, {
      ...{ operator: 'Split', domain: '', attributes: { axis: 0 } },
      ...{ inputs: [vector, sizes], outputs: inOrder.flatMap(({ node }) => node.outputs) },
    })
  }
  return nodes.flatMap(node => (made.has(node) ? (made.get(node) ?? []) : [node]))
}

interface Part {
  readonly node: Node
  readonly vector: string
  readonly from: number
  readonly to: number
}

/** What a slice takes from a vector; undefined for other nodes. */
function partOf(
  node: Node,
  constants: ReadonlyMap<string, Initializer>,
  shapes: ReadonlyMap<string, Shape>,
): Part | undefined {
  const [vector = '', ...where] = node.inputs
  if (node.operator !== 'Slice' || shapes.get(vector)?.length !== 1) return undefined
  const [from, to, , step] = where.map(name => integerOf(constants.get(name)))
  return from === undefined || to === undefined || step !== 1 ? undefined : { node, vector, from, to }
}

function integerOf(constant: Initializer | undefined): number | undefined {
  if (constant?.type !== 'int64' || constant.bytes.length !== 8) return undefined
  const { buffer, byteOffset } = constant.bytes
  return Number(new DataView(buffer, byteOffset).getBigInt64(0, true))
}
