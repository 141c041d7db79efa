import { expect, test } from 'vitest'
import { randomArray, relativeError } from '../../engine/testing.js'
import { at, moduleGradientError, runModule } from '../testing.js'
import { gru } from './gru.js'

const [inputs, hidden, length] = [3, 2, 5]
const x = randomArray([2, length, inputs], { seed: 11 })
const parameters = {
  weight_ih_l0: randomArray([3 * hidden, inputs], { seed: 12 }),
  weight_hh_l0: randomArray([3 * hidden, hidden], { seed: 13 }),
  bias_ih_l0: randomArray([3 * hidden], { seed: 14 }),
  bias_hh_l0: randomArray([3 * hidden], { seed: 15 }),
}
const values = new Map(Object.entries(parameters).map(([name, given]) => [name, given.values]))
const sigmoid = (v: number) => 1 / (1 + Math.exp(-v))

/** torch.nn.GRU's equations, one number at a time. */
function naive(): number[] {
  const { weight_ih_l0: wi, weight_hh_l0: wh, bias_ih_l0: bi, bias_hh_l0: bh } = parameters
  const found: number[] = []
  for (let n = 0; n < 2; n++) {
    let state = Array<number>(hidden).fill(0)
    for (let t = 0; t < length; t++) {
      const own = (row: number) => [0, 1, 2].reduce((sum, c) => sum + at(wi, row, c) * at(x, n, t, c), at(bi, row))
      const recurrent = (row: number) => state.reduce((sum, h, c) => sum + at(wh, row, c) * h, at(bh, row))
      state = state.map((h, i) => {
        const reset = sigmoid(own(i) + recurrent(i))
        const keep = sigmoid(own(hidden + i) + recurrent(hidden + i))
        const candidate = Math.tanh(own(2 * hidden + i) + reset * recurrent(2 * hidden + i))
        return (1 - keep) * candidate + keep * h
      })
      found.push(...state)
    }
  }
  return found
}

test.each(['float64', 'float32'] as const)('as a naive loop over frames, in %s', async precision => {
  const layer = gru(inputs, hidden)
  const { y, shape } = await runModule(layer, x => layer(x), [x], { values, precision })
  expect(shape).toEqual([2, length, hidden])
  expect(relativeError(y, naive())).toBeLessThan(precision === 'float64' ? 1e-13 : 1e-6)
})

test('its gradients are those of differences', async () => {
  const layer = gru(inputs, hidden)
  expect(await moduleGradientError(layer, x => layer(x), [x])).toBeLessThan(1e-7)
})
