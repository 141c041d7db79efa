import { matmul } from './contraction.js'
import { concat, stack } from './movement.js'
import type { TensorOf } from './primitives.js'
import { ShapeError } from './scope.js'
import { range, sameShape, showShape, sizes } from './shape.js'
import { constant, make, type Tensor } from './tensor.js'

/** Reset, keep and candidate one after the other, as torch.nn.GRU: [3·H, in], [3·H, H], [3·H], [3·H]. */
export type GruWeights = readonly [own: Tensor, recurrent: Tensor, bias: Tensor, recurrentBias: Tensor]

/**
 * The states of a gated recurrent unit after each frame, from zeros on: r = σ(own + recurrent), z likewise,
 * n = tanh(own + r · recurrent), h ← (1 − z) · n + z · h.
 * @param x [N, T, in]
 * @returns [N, T, H]
 * @see Cho et al. 2014, in torch.nn.GRU's form
 */
export function gru(x: Tensor, weights: GruWeights): Tensor {
  const [n, length, inputs] = sizes(x.shape, 3)
  const hidden = weights[1].shape[1] ?? 0
  const wanted = [[3 * hidden, inputs], [3 * hidden, hidden], [3 * hidden], [3 * hidden]]
  if (x.rank !== 3 || wanted.some((shape, i) => !sameShape(weights[i]?.shape ?? [], shape)))
    throw new ShapeError('gru', `the weights do not fit: ${[x, ...weights].map(t => showShape(t.shape)).join(' · ')}`)
  return make('gru', [x, ...weights], {}, [n, length, hidden], 'float')
}

const affine = (x: Tensor, weight: Tensor, bias: Tensor) => matmul(x, weight, false, true).add(bias)

/** The gates of [..., 3·H] apart. */
const gate = (x: Tensor, i: number): Tensor => {
  const hidden = x.size(-1) / 3
  return x.slice(x.rank - 1, i * hidden, (i + 1) * hidden)
}

/** The same in simpler primitives, one frame after the other. */
export function gruByFrame({ inputs: [x, weight, recurrent, bias, recurrentBias], shape }: TensorOf<'gru'>): Tensor {
  const [n, length, hidden] = sizes(shape, 3)
  const own = affine(x, weight, bias)
  let state: Tensor = constant(0).expand(n, hidden)
  const states = range(length).map(t => {
    const [now, before] = [own.slice(1, t, t + 1).reshape(n, 3 * hidden), affine(state, recurrent, recurrentBias)]
    const [reset, keep] = [0, 1].map(i => gate(now, i).add(gate(before, i)).sigmoid()) as [Tensor, Tensor]
    const candidate = gate(now, 2)
      .add(reset.mul(gate(before, 2)))
      .tanh()
    state = candidate.add(keep.mul(state.sub(candidate)))
    return state
  })
  return stack(states, 1)
}

/**
 * Gradients of x and the weights. All states are known, so the gates of all frames are computed at once, and one frame after
 * the other only what is linear in the gradient: D(t − 1) = g(t − 1) + z · D + [factors · D] · W, which is a product of few
 * rows. Frames first here, so that those of one moment lie together.
 */
export function gruGradients(g: Tensor, y: TensorOf<'gru'>): readonly Tensor[] {
  const [x, weight, recurrent, bias, recurrentBias] = y.inputs
  const [n, length, hidden] = sizes(y.shape, 3)
  const [seen, flow] = [x.transpose(1, 0, 2), g.transpose(1, 0, 2).reshape(length * n, hidden)]
  const before = y.transpose(1, 0, 2).pad(0, 1, 0).slice(0, 0, length) // the state that each frame finds
  const [own, found] = [affine(seen, weight, bias), affine(before, recurrent, recurrentBias)]
  const [reset, keep] = [0, 1].map(i => gate(own, i).add(gate(found, i)).sigmoid()) as [Tensor, Tensor]
  const candidate = gate(own, 2)
    .add(reset.mul(gate(found, 2)))
    .tanh()
  const beside = (gate: Tensor) => gate.mul(gate.neg().add(1))

  const ofCandidate = keep.neg().add(1).mul(candidate.square().neg().add(1))
  const ofReset = ofCandidate.mul(gate(found, 2)).mul(beside(reset))
  const ofKeep = before.sub(candidate).mul(beside(keep))
  const factors = stack([ofReset, ofKeep, ofCandidate.mul(reset), keep], 2).reshape(length * n, 4, hidden)
  const identity = constant(
    range(hidden * hidden).map(i => Number(i % (hidden + 1) === 0)),
    [hidden, hidden],
  )
  const back = concat([recurrent, identity]) // [4·H, H]: z · D goes through the same product
  const rows = (all: Tensor, t: number) => all.slice(0, t * n, (t + 1) * n)
  const flows: Tensor[] = [rows(flow, length - 1)]
  for (let t = length - 1; t > 0; t--) {
    const after = flows[flows.length - 1] as Tensor
    const each = rows(factors, t)
      .mul(after.reshape(n, 1, hidden))
      .reshape(n, 4 * hidden)
    flows.push(rows(flow, t - 1).add(each.matmul(back)))
  }
  const total = concat(flows.reverse()).reshape(length, n, hidden)

  const [toReset, toKeep, toCandidate] = [ofReset, ofKeep, ofCandidate].map(factor => factor.mul(total)) as [
    Tensor,
    Tensor,
    Tensor,
  ]
  const toOwn = concat([toReset, toKeep, toCandidate], 2)
  const toFound = concat([toReset, toKeep, toCandidate.mul(reset)], 2)
  const flat = (all: Tensor) => all.reshape(length * n, all.size(2))
  return [
    toOwn.matmul(weight).transpose(1, 0, 2),
    matmul(flat(toOwn), flat(seen), true),
    matmul(flat(toFound), flat(before), true),
    toOwn.sum([0, 1]),
    toFound.sum([0, 1]),
  ]
}
