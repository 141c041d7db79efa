import { variable } from '../../program/trace.js'
import { gru as statesOf } from '../../tensor/recurrent.js'
import type { Tensor } from '../../tensor/tensor.js'
import { uniformWithin } from '../initial.js'
import { type Module, module } from '../module.js'

/**
 * Gated recurrent unit over frames [N, T, in] → [N, T, hidden], from zeros on; names, layouts and first values of
 * torch.nn.GRU. Frame t of the result knows of no later one.
 * @see Cho et al. 2014
 */
export function gru(inputs: number, hidden: number): Module {
  const first = uniformWithin(1 / Math.sqrt(hidden))
  const made = (shape: readonly number[], role: 'weight' | 'bias') => variable(shape, first(shape), role)
  const weight_ih_l0 = made([3 * hidden, inputs], 'weight')
  const weight_hh_l0 = made([3 * hidden, hidden], 'weight')
  const bias_ih_l0 = made([3 * hidden], 'bias')
  const bias_hh_l0 = made([3 * hidden], 'bias')
  const parts = { weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 }
  return module(parts, (x: Tensor) => statesOf(x, [weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0]))
}
