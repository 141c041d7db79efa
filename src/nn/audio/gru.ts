import { variable } from '../../program/trace.js'
import { matmul } from '../../tensor/contraction.js'
import { stack } from '../../tensor/movement.js'
import { range, sizes } from '../../tensor/shape.js'
import { constant, type Tensor } from '../../tensor/tensor.js'
import { uniformWithin } from '../initial.js'
import { affine } from '../layers.js'
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
  return module({ weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 }, (x: Tensor) => {
    const [n, length] = sizes(x.shape, 3)
    const given = affine(x, weight_ih_l0, bias_ih_l0).transpose(1, 0, 2) // of all steps in one product
    let state: Tensor = constant(0).expand(n, hidden)
    const states = range(length).map(t => {
      const own = given.slice(0, t, t + 1).reshape(n, 3 * hidden)
      const recurrent = matmul(state, weight_hh_l0, false, true).add(bias_hh_l0)
      const gates = own
        .slice(1, 0, 2 * hidden)
        .add(recurrent.slice(1, 0, 2 * hidden))
        .sigmoid()
      const [reset, keep] = [gates.slice(1, 0, hidden), gates.slice(1, hidden)]
      const candidate = own
        .slice(1, 2 * hidden)
        .add(reset.mul(recurrent.slice(1, 2 * hidden)))
        .tanh()
      state = candidate.add(keep.mul(state.sub(candidate)))
      return state
    })
    return stack(states, 1)
  })
}
