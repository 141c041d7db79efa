import { describe, expect, test } from 'vitest'
import { matmul } from '../tensor/contraction.js'
import { derivative, topological } from '../tensor/derivative.js'
import { gru } from '../tensor/recurrent.js'
import { input, type Tensor } from '../tensor/tensor.js'
import { compile } from './compile.js'
import { flops } from './flops.js'

/** Multiply-adds of a convolution, one by one: over its output, the channels of a group and the kernel. */
function counted(n: number, out: number, side: number, perGroup: number, kernel: number): number {
  let count = 0
  for (let place = 0; place < n * out * side * side; place++)
    for (let c = 0; c < perGroup; c++) for (let k = 0; k < kernel * kernel; k++) count++
  return count
}

describe('operations', () => {
  test('of a matrix product are 2·m·k·n for each of a batch, whichever way its operands lie', () => {
    expect(flops([input('a', [3, 5]).matmul(input('b', [5, 7]))])).toBe(2 * 3 * 5 * 7)
    expect(flops([matmul(input('a', [4, 5, 3]), input('b', [4, 7, 5]), true, true)])).toBe(2 * 4 * 3 * 5 * 7)
  })

  test('of a convolution are those of its loops, with stride, padding and groups', () => {
    const [x, weight] = [input('x', [2, 6, 9, 9]), input('w', [8, 3, 3, 3])]
    expect(flops([x.conv(weight, { stride: 2, padding: 1, groups: 2 })])).toBe(2 * counted(2, 8, 5, 3, 3))
  })

  test('of a recurrent unit are those of its two products at each frame', () => {
    const [x, ...weights] = [[2, 5, 3], [12, 3], [12, 4], [12], [12]].map((shape, i) => input(`${i}`, shape))
    expect(flops([gru(x as Tensor, weights as never)])).toBe(2 * 2 * 5 * (12 * 3 + 12 * 4))
  })

  test('of a step are three times those of the forward pass: twice as many go backward', () => {
    const [x, w1, w2] = [input('x', [2, 3, 8, 8]), input('w1', [4, 3, 3, 3]), input('w2', [64, 5])]
    const loss = x.conv(w1, { stride: 2, padding: 1 }).reshape(2, 64).matmul(w2).sum()
    const forward = flops(topological([loss]))
    expect(forward).toBe(2 * (counted(2, 4, 4, 3, 3) + 2 * 64 * 5))
    expect(flops(topological([loss, ...derivative(loss, [x, w1, w2])]))).toBe(3 * forward)
  })

  test('of a program are those of what is left of it: equal products are computed once, unused ones never', () => {
    const [a, b] = [input('a', [2, 3]), input('b', [3, 4])]
    a.matmul(input('unused', [3, 100]))
    const y = a.matmul(b).add(a.matmul(b))
    expect(compile({ outputs: { y } }, { device: 'cpu', precision: 'float32' }).flops).toBe(2 * 2 * 3 * 4)
  })
})
