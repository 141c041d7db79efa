import { filled, scheduled, variable, variableOf } from '../program/trace.js'
import type { Tensor } from '../tensor/tensor.js'

/** A variable that is trained, with its name and the gradient of the loss by it. */
export interface Trained {
  readonly name: string
  readonly variable: Tensor
  readonly gradient: Tensor
}

/** Next values of variables, and the optimiser's own variables with their names. */
export interface Optimised {
  readonly updates: ReadonlyMap<Tensor, Tensor>
  readonly names: ReadonlyMap<Tensor, string>
}

/**
 * One step of an optimiser as tensors; the number of the step is given by the host, and so is the learning rate, unless it is
 * given here.
 */
export type Optimiser = (trained: readonly Trained[], rate?: Tensor) => Optimised

export interface SgdOptions {
  readonly momentum?: number
  readonly nesterov?: boolean
  readonly weightDecay?: number
}

/** Stochastic gradient descent with momentum, as torch.optim.SGD: decay joins the gradient, the rate multiplies last. */
export function sgd({ momentum = 0.9, nesterov = true, weightDecay = 0 }: SgdOptions = {}): Optimiser {
  return optimiser(['momentum'], ({ variable, gradient }, slots, rate) => {
    const g = decays(variable) ? gradient.add(variable.mul(weightDecay)) : gradient
    const velocity = slots.momentum.mul(momentum).add(g)
    const direction = nesterov ? g.add(velocity.mul(momentum)) : velocity
    return { value: variable.sub(direction.mul(rate)), slots: { momentum: velocity } }
  })
}

export interface AdamWOptions {
  readonly beta1?: number
  readonly beta2?: number
  readonly epsilon?: number
  readonly weightDecay?: number
}

/** Adam with decoupled weight decay, as torch.optim.AdamW. @see Loshchilov & Hutter 2019 */
export function adamW({
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
  weightDecay = 0.01,
}: AdamWOptions = {}): Optimiser {
  return optimiser(['mean', 'square'], ({ variable, gradient }, slots, rate) => {
    const time = scheduled('step').add(1)
    const mean = slots.mean.add(gradient.sub(slots.mean).mul(1 - beta1))
    const square = slots.square.add(
      gradient
        .square()
        .sub(slots.square)
        .mul(1 - beta2),
    )
    const correction1 = oneMinusPower(beta1, time)
    const correction2 = oneMinusPower(beta2, time).sqrt()
    // m̂ / (√v̂ + ε) with the corrections, all scalars, taken out: fewer passes over the weights
    const direction = mean.div(square.sqrt().add(correction2.mul(epsilon))).mul(rate.mul(correction2).div(correction1))
    const kept = decays(variable) ? variable.mul(rate.mul(-weightDecay).add(1)) : variable
    return { value: kept.sub(direction), slots: { mean, square } }
  })
}

export interface LarsOptions {
  readonly momentum?: number
  readonly weightDecay?: number
  /** η, how far a layer may move relative to its length */
  readonly trust?: number
}

/**
 * Layer-wise adaptive rates: the step of each weight is in proportion to its length. The rate multiplies after the momentum,
 * as in the Barlow Twins and VICReg code; biases and gains get plain momentum.
 * @see You et al. 2017
 */
export function lars({ momentum = 0.9, weightDecay = 1e-6, trust = 0.001 }: LarsOptions = {}): Optimiser {
  return optimiser(['momentum'], ({ variable, gradient }, slots, rate) => {
    const adapts = decays(variable)
    const g = adapts ? gradient.add(variable.mul(weightDecay)) : gradient
    const velocity = slots.momentum.mul(momentum).add(adapts ? g.mul(trustRatio(variable, g, trust)) : g)
    return { value: variable.sub(velocity.mul(rate)), slots: { momentum: velocity } }
  })
}

/** Scales all gradients down together when their common length is above `norm`. @see Pascanu et al. 2013 */
export function clipByGlobalNorm(trained: readonly Trained[], norm: number): { clipped: Trained[]; length: Tensor } {
  const squares = trained.map(({ gradient }) => gradient.square().sum())
  // last layers first, as the backward goes: ONNX Runtime runs what a sum needs in its order
  const length = squares.reduceRight((sum, square) => sum.add(square)).sqrt()
  const factor = length.maximum(norm).pow(-1).mul(norm)
  return { clipped: trained.map(t => ({ ...t, gradient: t.gradient.mul(factor) })), length }
}

/** Biases, gains, tokens and scales do not decay. */
const decays = (t: Tensor): boolean => variableOf(t).role === 'weight'

/** 1 − βᵗ */
const oneMinusPower = (beta: number, time: Tensor): Tensor => time.mul(Math.log(beta)).exp().neg().add(1)

/** η‖w‖ / ‖g‖, and 1 where either is 0. */
function trustRatio(w: Tensor, g: Tensor, trust: number): Tensor {
  const [ofWeight, ofGradient] = [w, g].map(t => t.square().sum().sqrt()) as [Tensor, Tensor]
  const both = ofWeight.mul(ofGradient).greater(0).cast('float')
  return ofWeight.mul(trust).div(ofGradient.maximum(1e-30)).mul(both).add(both.neg().add(1))
}

/** The walk that all optimisers share: slots of zeros beside each variable, named after it. */
function optimiser<Slot extends string>(
  slotNames: readonly Slot[],
  rule: (trained: Trained, slots: Record<Slot, Tensor>, rate: Tensor) => { value: Tensor; slots: Record<Slot, Tensor> },
): Optimiser {
  return (trained, rate = scheduled('learningRate')) => {
    const updates = new Map<Tensor, Tensor>()
    const names = new Map<Tensor, string>()
    for (const each of trained) {
      const { shape } = each.variable
      const slots = Object.fromEntries(
        slotNames.map(slot => [slot, variable(shape, filled(0)(shape), 'statistic')]),
      ) as Record<Slot, Tensor>
      const next = rule(each, slots, rate)
      const { limits } = variableOf(each.variable)
      updates.set(each.variable, limits === undefined ? next.value : next.value.clip(...limits))
      for (const slot of slotNames) {
        updates.set(slots[slot], next.slots[slot])
        names.set(slots[slot], `optimiser.${slot}.${each.name}`)
      }
    }
    return { updates, names }
  }
}
