import type { Node } from './onnx/model.js'

/** Operators that read a place of their operands before they write the same place of their result, and never after. */
export const elementwise: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div', 'Neg', 'Sqrt', 'Max', 'Min'])

/**
 * Which variables a program may write over while it runs: those that nobody reads any more when the node that makes the next
 * value runs, in whatever order the nodes run. What is made from a variable alone counts as the variable: ONNX Runtime may let
 * it share its memory, or make it inside a later node.
 *
 * @param nodes operands before results
 * @param constants names of the initializers
 * @returns whether the output `next` may lie in the memory of the input `variable`
 */
export function overwriting(nodes: readonly Node[], constants: Iterable<string>) {
  const fixed = new Set(['', ...constants]) // an operand left out is called ''
  const makers = new Map<string, number>()
  const readers = new Map<string, number[]>()
  const parents = nodes.map(({ inputs, outputs }, i) => {
    for (const name of outputs) makers.set(name, i)
    if (inputs.every(name => fixed.has(name))) for (const name of outputs) fixed.add(name)
    for (const name of inputs) readers.set(name, [...(readers.get(name) ?? []), i])
    return inputs.map(name => makers.get(name) ?? -1)
  })
  /** Nodes that have run when a node runs */
  const runBefore = (node: number): Uint8Array => {
    const needed = new Uint8Array(node + 1)
    needed[node] = 1
    for (let i = node; i >= 0; i--) if (needed[i]) for (const parent of parents[i] ?? []) needed[parent] = 1
    return needed
  }
  return (variable: string, next: string): boolean => {
    const writer = makers.get(next)
    if (writer === undefined) return false
    const before = runBefore(writer)
    /** What counts as the variable, and whether each place of it depends on the same place of the variable alone */
    const own = new Map([[variable, true]])
    for (const name of own.keys()) {
      for (const i of readers.get(name) ?? []) {
        const { operator, inputs, outputs } = nodes[i] as Node
        const inStep = elementwise.has(operator) && inputs.every(x => own.get(x) !== false)
        if (i === writer ? !inStep : !before[i]) return false
        if (i !== writer && inputs.every(x => own.has(x) || fixed.has(x))) for (const x of outputs) own.set(x, inStep)
      }
    }
    return true
  }
}
