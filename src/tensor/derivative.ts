import { gradients } from './gradients.js'
import type { Primitive, TensorOf } from './primitives.js'
import { recomputation } from './recompute.js'
import { ShapeError } from './scope.js'
import { repeatedAxes, sameShape, showShape } from './shape.js'
import { constant, type Tensor } from './tensor.js'

/**
 * Reverse-mode derivative of a scalar.
 *
 * @param loss float []
 * @param of the tensors to differentiate by, of any op
 * @returns one gradient each, of the same shape; zeros where the loss does not depend on it
 */
export function derivative(loss: Tensor, of: readonly Tensor[]): Tensor[] {
  if (loss.rank !== 0) throw new ShapeError('derivative', `a scalar loss expected, got ${showShape(loss.shape)}`)
  return pullBack([[loss, constant(1)]], of)
}

/**
 * Sum over all pairs of the output's derivative, weighted by its cotangent.
 * @param outputs pairs of a tensor and a cotangent of its shape
 */
export function pullBack(outputs: readonly (readonly [Tensor, Tensor])[], of: readonly Tensor[]): Tensor[] {
  const flow = new Map<Tensor, Tensor>()
  const flowInto = (x: Tensor, g: Tensor) => {
    const before = flow.get(x)
    flow.set(x, before === undefined ? g : before.add(g))
  }
  for (const [y, g] of outputs) flowInto(y, g)
  const wanted = new Set(of)
  const { enter, wait, read } = recomputation()
  for (const y of dependents(
    outputs.map(([y]) => y),
    wanted,
  ).reverse()) {
    const g = flow.get(y)
    if (g === undefined) continue
    if (y.op === 'segment') enter(y as TensorOf<'segment'>, g)
    ruleOf(y)(g, read(y)).forEach((contribution, i) => {
      const x = y.inputs[i]
      if (x === undefined || contribution === undefined || x.dtype !== 'float') return
      const part = unbroadcast(contribution, x)
      flowInto(x, part)
      if (wanted.has(x)) wait(part)
    })
  }
  return of.map(x => flow.get(x) ?? constant(0).expand(...x.shape))
}

/** The tensors between `of` and the outputs that depend on `of`, operands before results. */
function dependents(outputs: readonly Tensor[], of: ReadonlySet<Tensor>): Tensor[] {
  const reached = new Set<Tensor>()
  for (const t of topological(outputs)) {
    if (of.has(t) || t.inputs.some(x => reached.has(x))) reached.add(t)
  }
  return [...reached]
}

/** Everything the outputs are made of, operands before results. */
export function topological(outputs: readonly Tensor[]): Tensor[] {
  const seen = new Set<Tensor>()
  const waiting = [...outputs]
  for (let t = waiting.pop(); t !== undefined; t = waiting.pop()) {
    if (seen.has(t)) continue
    seen.add(t)
    waiting.push(...t.inputs)
  }
  return [...seen].sort((a, b) => a.id - b.id)
}

/** The one place where broadcasting is undone: what was repeated is summed. */
function unbroadcast(g: Tensor, x: Tensor): Tensor {
  if (sameShape(g.shape, x.shape)) return g
  return g.sum(repeatedAxes(x.shape, g.shape), true).reshape(...x.shape)
}

function ruleOf(y: Tensor): (g: Tensor, y: TensorOf<Primitive>) => readonly (Tensor | undefined)[] {
  return gradients[y.op] as (g: Tensor, y: TensorOf<Primitive>) => readonly (Tensor | undefined)[]
}
