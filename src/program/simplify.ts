import { topological } from '../tensor/derivative.js'
import { concat } from '../tensor/movement.js'
import type { Primitive, TensorOf } from '../tensor/primitives.js'
import { batchNormalized } from '../tensor/reduction.js'
import { broadcast, sameShape, sizeOf } from '../tensor/shape.js'
import { constant, make, type Tensor } from '../tensor/tensor.js'
import { expansions } from './lowering/expansions.js'

/**
 * The same outputs with less work: equal tensors are shared, scalars folded, detours removed.
 * @param expand also writes out the primitives that float64 has no operator for
 */
export function simplify(outputs: readonly Tensor[], expand: boolean): Tensor[] {
  const simpler = new Map<Tensor, Tensor>()
  const known = new Map<string, Tensor>()
  /** Of what is computed again: what it was computed as at first */
  const first = new Map<Tensor, Tensor>()
  const visit = (t: Tensor): Tensor => {
    const inputs = t.inputs.map(x => simpler.get(x) ?? x)
    const same = inputs.every((x, i) => x === t.inputs[i])
    const rebuilt = same ? t : make<Primitive>(t.op, inputs, t.attributes, t.shape, t.dtype)
    const written = rebuilt.op === 'batchNormalize' ? batchNormalized(rebuilt as TensorOf<'batchNormalize'>) : undefined
    const simple = expand ? (expansions[t.op] as ((t: Tensor) => Tensor) | undefined)?.(rebuilt) : undefined
    const expanded = written ?? simple
    if (expanded !== undefined) return settle([expanded])[0] ?? expanded
    const better = improve(rebuilt)
    const key = keyOf(better)
    const twin = key === undefined ? undefined : known.get(key)
    if (twin !== undefined) return twin
    if (key !== undefined) known.set(key, better)
    return keptOf(better) ?? better
  }
  const keptOf = (t: Tensor): Tensor | undefined => {
    const inputs = t.inputs.map(x => first.get(x) ?? x)
    if (inputs.every((x, i) => x === t.inputs[i]) && t.op !== 'after') return undefined
    const before = t.op === 'after' ? inputs[0] : known.get(keyOf(t, inputs) ?? '')
    if (before !== undefined) first.set(t, before)
    return before !== undefined && isSmall(before) ? before : undefined
  }
  const settle = (roots: readonly Tensor[]): Tensor[] => {
    for (const t of topological(roots)) if (!simpler.has(t)) simpler.set(t, visit(t))
    return roots.map(t => simpler.get(t) ?? t)
  }
  return settle(outputs)
}

/** Such as the mean of a channel: cheaper kept than computed again, as `segment` would have it */
const isSmall = (t: Tensor): boolean => t.inputs.some(x => sizeOf(x.shape) >= 16 * sizeOf(t.shape))

function keyOf(t: Tensor, inputs = t.inputs): string | undefined {
  if (t.op === 'input' || t.op === 'variable') return undefined
  if (t.op === 'constant') {
    const { values } = t.attributes as { values: Float64Array }
    return values.length > 64 ? undefined : `constant ${t.dtype} ${t.shape} ${values.join()}`
  }
  const exact = (_: string, value: unknown) => (typeof value === 'number' ? `${value}` : value) // JSON knows no infinity
  return JSON.stringify([t.op, inputs.map(x => x.id), t.attributes, t.shape, t.dtype], exact)
}

const movesOnly = new Set<Primitive>(['reshape', 'expand', 'stopGradient'])
const arithmetic = new Set<Primitive>([
  'add',
  'sub',
  'mul',
  'div',
  'pow',
  'maximum',
  'minimum',
  'less',
  'equal',
  'where',
])

function improve(t: Tensor): Tensor {
  const [a, b] = t.inputs
  if (a === undefined) return t
  if (t.op === 'stopGradient' || t.op === 'segment') return a
  if (arithmetic.has(t.op)) {
    const bare = t.inputs.map(unexpanded)
    if (bare.some((x, i) => x !== t.inputs[i]) && sameShape(broadcast(...bare.map(x => x.shape)) ?? [], t.shape))
      return improve(make<Primitive>(t.op, bare, t.attributes, t.shape, t.dtype))
  }
  const [left, right] = [scalarOf(a), b === undefined ? undefined : scalarOf(b)]
  if (left !== undefined && right !== undefined && t.dtype === 'float' && t.op in folded)
    return constant(folded[t.op as keyof typeof folded](left, right)).expand(...t.shape)
  const unchanged = t.op === 'add' || t.op === 'sub' ? right === 0 : (t.op === 'mul' || t.op === 'div') && right === 1
  if (unchanged && sameShape(a.shape, t.shape)) return a
  const neutral = t.op === 'mul' ? left === 1 : t.op === 'add' && left === 0
  if (neutral && b !== undefined && sameShape(b.shape, t.shape)) return b
  if (t.op === 'div' && right !== undefined && b !== undefined && t.dtype === 'float')
    return improve(make('mul', [a, constant(1 / right)], {}, t.shape, t.dtype))
  if (t.op === 'mul' && right !== undefined && a.op === 'mul') {
    const [inner, factor] = a.inputs
    const before = factor === undefined ? undefined : scalarOf(factor)
    if (inner !== undefined && before !== undefined && sameShape(inner.shape, t.shape))
      return improve(make('mul', [inner, constant(before * right)], {}, t.shape, t.dtype))
  }
  if (t.op === 'add' && b !== undefined) {
    const joined = joinPads(a, b) ?? joinPads(b, a)
    if (joined !== undefined) return joined
    const absorbed = absorb(a, b)
    if (absorbed !== undefined) return absorbed
  }
  const scaled = scaledWeight(t)
  if (scaled !== undefined) return scaled
  if (t.op === 'reshape' && a.op === 'reshape' && a.inputs[0] !== undefined)
    return improve(a.inputs[0].reshape(...t.shape))
  if (t.op === 'neg' && a.op === 'neg' && a.inputs[0] !== undefined) return a.inputs[0]
  return t
}

/** Two parts laid side by side among zeros, as the gradients of neighbouring slices are, need no addition. */
function joinPads(a: Tensor, b: Tensor): Tensor | undefined {
  if (a.op !== 'pad' || b.op !== 'pad' || !sameShape(a.shape, b.shape)) return undefined
  const [first, second] = [a as TensorOf<'pad'>, b as TensorOf<'pad'>]
  const { axis, before, value } = first.attributes
  const end = before + (first.inputs[0].shape[axis] ?? 0)
  const other = second.attributes
  if (other.axis !== axis || other.before !== end || value !== 0 || other.value !== 0) return undefined
  return concat([first.inputs[0], second.inputs[0]], axis).pad(axis, before, other.after)
}

/** p + (s·x + t) + c with one number c a channel is p + (s·x + (t + c)): a pass less over memory. */
function absorb(sum: Tensor, perChannel: Tensor): Tensor | undefined {
  const channels = sum.shape[1] ?? 0
  const alike = sameShape(perChannel.shape, [1, channels, ...sum.shape.slice(2).map(() => 1)])
  if (sum.op !== 'add' || sum.dtype !== 'float' || sum.rank < 3 || !alike) return undefined
  const [p, q] = sum.inputs
  if (p === undefined || q === undefined || q.op !== 'scaleShift' || !sameShape(p.shape, sum.shape)) return undefined
  const { inputs } = q as TensorOf<'scaleShift'>
  return p.add(inputs[0].scaleShift(inputs[1], inputs[2].add(perChannel.reshape(channels))))
}

/**
 * A factor for each channel of what a gradient of a convolution reads, as a batch norm leaves it there, is one for each output of
 * its weight: a pass less over memory, where the weight is the smaller.
 */
function scaledWeight(t: Tensor): Tensor | undefined {
  if (t.op !== 'convInput' && t.op !== 'convWeight') return undefined
  const { inputs, attributes, shape } = t as TensorOf<'convInput' | 'convWeight'>
  const [output, weight] = t.op === 'convInput' ? [inputs[0], inputs[1].shape] : [inputs[1], shape]
  const [outputs = 1] = weight
  if (output.op !== 'mul' || sizeOf(output.shape) < 4 * sizeOf(weight)) return undefined
  const [plain, factor] = output.inputs
  if (plain === undefined || factor === undefined || !sameShape(plain.shape, output.shape)) return undefined
  const channels = [1, outputs, ...output.shape.slice(2).map(() => 1)]
  if (![channels, channels.slice(1)].some(alike => sameShape(factor.shape, alike))) return undefined
  const each = factor.reshape(outputs, ...weight.slice(1).map(() => 1))
  if (t.op === 'convWeight') return make(t.op, [inputs[0], plain], attributes, shape, t.dtype).mul(each)
  return make('convInput', [plain, inputs[1].mul(each)], attributes, shape, t.dtype)
}

const folded = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
}

function unexpanded(t: Tensor): Tensor {
  return t.op === 'expand' && t.inputs[0] !== undefined ? t.inputs[0] : t
}

/** The one value that a tensor holds everywhere, if it is known. */
export function scalarOf(t: Tensor): number | undefined {
  let source: Tensor | undefined = t
  while (source !== undefined && movesOnly.has(source.op)) source = source.inputs[0]
  if (source?.op !== 'constant' || source.dtype !== 'float') return undefined
  const { values } = source.attributes as { values: Float64Array }
  return values.length === 1 ? values[0] : undefined
}
