import { filled, scheduled, variable, variableOf } from '../program/trace.js'
import { concat } from '../tensor/movement.js'
import { sizeOf } from '../tensor/shape.js'
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

export interface StepOptions {
  /** The learning rate; given by the host unless it is given here */
  readonly rate?: Tensor
  /** Multiplies all gradients; 1 unless told */
  readonly factor?: Tensor
}

/** One step of an optimiser as tensors; the number of the step is given by the host. */
export type Optimiser = (trained: readonly Trained[], options?: StepOptions) => Optimised

export interface SgdOptions {
  readonly momentum?: number
  readonly nesterov?: boolean
  readonly weightDecay?: number
}

/** Stochastic gradient descent with momentum, as torch.optim.SGD: decay joins the gradient, the rate multiplies last. */
export function sgd({ momentum = 0.9, nesterov = true, weightDecay = 0 }: SgdOptions = {}): Optimiser {
  return optimiser(['momentum'], ({ variable, gradient, decays }, slots, rate) => {
    const g = decays ? gradient.add(variable.mul(weightDecay)) : gradient
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
  return optimiser(['mean', 'square'], ({ variable, gradient, decays }, slots, rate) => {
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
    const kept = decays ? variable.mul(rate.mul(-weightDecay).add(1)) : variable
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
  return optimiser(['momentum'], ({ variable, gradient, decays: adapts }, slots, rate) => {
    const g = adapts ? gradient.add(variable.mul(weightDecay)) : gradient
    const velocity = slots.momentum.mul(momentum).add(adapts ? g.mul(trustRatio(variable, g, trust)) : g)
    return { value: variable.sub(velocity.mul(rate)), slots: { momentum: velocity } }
  })
}

/** The common length of all gradients. */
export function globalNorm(trained: readonly Trained[]): Tensor {
  const squares = trained.map(({ gradient }) => gradient.square().sum())
  // last layers first, as the backward goes: ONNX Runtime runs what a sum needs in its order
  return squares.reduceRight((sum, square) => sum.add(square)).sqrt()
}

/** Scales all gradients down together when their common length is above `norm`. @see Pascanu et al. 2013 */
export const clipFactor = (length: Tensor, norm: number): Tensor => length.maximum(norm).pow(-1).mul(norm)

/** Biases, gains, tokens and scales do not decay. */
const decaysIn = (t: Tensor): boolean => variableOf(t).role === 'weight'

/** 1 − βᵗ */
const oneMinusPower = (beta: number, time: Tensor): Tensor => time.mul(Math.log(beta)).exp().neg().add(1)

/** η‖w‖ / ‖g‖, and 1 where either is 0. */
function trustRatio(w: Tensor, g: Tensor, trust: number): Tensor {
  const [ofWeight, ofGradient] = [w, g].map(t => t.square().sum().sqrt()) as [Tensor, Tensor]
  const both = ofWeight.mul(ofGradient).greater(0).cast('float')
  return ofWeight.mul(trust).div(ofGradient.maximum(1e-30)).mul(both).add(both.neg().add(1))
}

/** Variables that take a step: one, or several that do not decay as one vector. */
interface Stepping {
  readonly variable: Tensor
  readonly gradient: Tensor
  readonly decays: boolean
}

/** Numbers of a variable up to which its own operators take longer than what they do */
const FEW = 2 ** 13

/** Variables each for itself, but the small ones that do not decay, of which there are many, all together. */
function together(trained: readonly Trained[]): (readonly Trained[])[] {
  const isSmall = ({ variable }: Trained) =>
    !decaysIn(variable) && variableOf(variable).limits === undefined && sizeOf(variable.shape) <= FEW
  const small = trained.filter(isSmall)
  if (small.length < 2) return trained.map(each => [each])
  return [small, ...trained.filter(each => !isSmall(each)).map(each => [each])]
}

const joined = (tensors: readonly Tensor[]): Tensor => {
  const [only, ...others] = tensors as [Tensor, ...Tensor[]]
  return others.length === 0 ? only : concat(tensors.map(t => t.reshape(-1)))
}

/** The parts of a vector that others were joined to, in their shapes. */
function apart(vector: Tensor, members: readonly Trained[]): Tensor[] {
  if (members.length === 1) return [vector]
  let from = 0
  return members.map(({ variable: { shape } }) => {
    const part = vector.slice(0, from, from + sizeOf(shape)).reshape(...shape)
    from += sizeOf(shape)
    return part
  })
}

/** The walk that all optimisers share: slots of zeros beside each variable, named after it. */
function optimiser<Slot extends string>(
  slotNames: readonly Slot[],
  rule: (one: Stepping, slots: Record<Slot, Tensor>, rate: Tensor) => { value: Tensor; slots: Record<Slot, Tensor> },
): Optimiser {
  const ofEachSlot = <T>(of: (slot: Slot) => T) =>
    Object.fromEntries(slotNames.map(slot => [slot, of(slot)])) as Record<Slot, T>
  return (trained, { rate = scheduled('learningRate'), factor } = {}) => {
    const updates = new Map<Tensor, Tensor>()
    const names = new Map<Tensor, string>()
    const zeros = (of: Trained, slot: Slot): Tensor => {
      const { shape } = of.variable
      const made = variable(shape, filled(0)(shape), 'statistic')
      names.set(made, `optimiser.${slot}.${of.name}`)
      return made
    }
    for (const members of together(trained)) {
      const variables = members.map(({ variable }) => variable)
      const slots = ofEachSlot(slot => members.map(member => zeros(member, slot)))
      const gradient = joined(members.map(({ gradient }) => gradient))
      const next = rule(
        {
          variable: joined(variables),
          gradient: factor === undefined ? gradient : gradient.mul(factor),
          decays: variables.every(decaysIn),
        },
        ofEachSlot(slot => joined(slots[slot])),
        rate,
      )
      const set = (all: readonly Tensor[], value: Tensor) => {
        const parts = apart(value, members)
        for (const [i, one] of all.entries()) {
          const { limits } = variableOf(one)
          const part = parts[i] ?? value
          updates.set(one, limits === undefined ? part : part.clip(...limits))
        }
      }
      set(variables, next.value)
      for (const slot of slotNames) set(slots[slot], next.slots[slot])
    }
    return { updates, names }
  }
}
