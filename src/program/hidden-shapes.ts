import type { Initializer, Node, ValueInfo } from './onnx/model.js'

/**
 * Where ONNX Runtime knows shapes beforehand, it gives a tensor the memory of an earlier one of the same shape, and holds that
 * memory from the first to the last of them: what the forward pass needs for a moment, the backward has to wait for, and lies
 * idle while memory is scarcest. So the shapes that tensors are reshaped to become inputs with a default, which might be
 * another one at each run: then memory is given back after every use, and the arena finds the next use for it. Without
 * the arena that takes longer than it is worth, and programs without convolutions, with their many reshapes of small tensors,
 * take a second more to open and no less memory. What a convolution adds to is shown: it writes over it when it knows that its
 * result is as large, and copies all of it otherwise, on one thread.
 */
export function hideShapes(nodes: readonly Node[], initializers: readonly Initializer[]) {
  const constants = new Map(initializers.map(constant => [constant.name, constant]))
  const shapes = new Map<string, Initializer>()
  const known = ofSums(nodes)
  const hidden = nodes.map(node => {
    const [x = '', shape = ''] = node.inputs
    const constant = constants.get(shape)
    if (node.operator !== 'Reshape' || constant === undefined || node.outputs.some(name => known.has(name))) return node
    const name = `${shape} as a shape`
    shapes.set(name, { ...constant, name })
    return { ...node, inputs: [x, name] }
  })
  const inputs: ValueInfo[] = [...shapes.values()].map(({ name, type, shape }) => ({ name, type, shape }))
  return { nodes: hidden, initializers: [...initializers, ...shapes.values()], inputs }
}

/** Operands of convolutions with a sum that nothing is done to afterwards, as in gradients of norms. */
function ofSums(nodes: readonly Node[]): ReadonlySet<string> {
  const sums = nodes.filter(
    ({ operator, inputs, attributes }) =>
      operator === 'Conv' && inputs.length === 4 && attributes.activation === undefined,
  )
  return new Set(sums.flatMap(({ inputs }) => inputs))
}
