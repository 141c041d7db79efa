import { describe, expect, test } from 'vitest'
import { evaluate, randomArray } from '../../engine/testing.js'
import { matmul } from '../../tensor/contraction.js'
import { concat } from '../../tensor/movement.js'
import { range } from '../../tensor/shape.js'
import type { Tensor } from '../../tensor/tensor.js'
import { input } from '../../tensor/tensor.js'
import { Emitter } from './emitter.js'
import { loweringsFor } from './index.js'
import { rowsOfPart } from './product-in-parts.js'

/** Shapes of the operands of the products that a product becomes on the CPU */
function parts(rows: number, width: number, outputs: number) {
  const e = new Emitter('float32')
  const t = matmul(input('a', [rows, width]), input('b', [width, outputs]))
  loweringsFor('cpu').matmul(e, ['a', 'b'], t as never)
  return e.nodes.map(({ operator }) => operator)
}

describe('a product of many rows', () => {
  test.each([false, true])('is bit for bit what its rows give by themselves, transposed: %s', async transposed => {
    const [rows, width, outputs] = [1030, 150, 140]
    const whole = (x: Tensor, w: Tensor) => matmul(x, w, false, transposed)
    const { y, byRow } = (await evaluate(
      (x, w) => ({
        y: whole(x, w),
        byRow: concat(range(10).map(i => whole(x.slice(0, 103 * i, 103 * (i + 1)), w))),
      }),
      [randomArray([rows, width]), randomArray(transposed ? [outputs, width] : [width, outputs], { seed: 2 })],
      { precision: 'float32' },
    )) as { y: number[]; byRow: number[] }
    expect(y).toEqual(byRow)
  })

  test('is cut into parts where the other operand is more than one pass takes', () => {
    expect(parts(1030, 150, 140)).toEqual(['Reshape', 'Reshape', 'FusedMatMul', 'Reshape'])
    expect(parts(1000, 150, 140)).toEqual(['FusedMatMul'])
    expect(parts(1030, 100, 140)).toEqual(['FusedMatMul'])
  })
})

test('parts are equal, and as large as they may be', () => {
  expect(rowsOfPart(12_800)).toBe(320)
  expect(rowsOfPart(2080)).toBe(260)
  expect(rowsOfPart(12_808)).toBe(1601)
  expect(rowsOfPart(1023)).toBeUndefined()
  expect(rowsOfPart(1031)).toBeUndefined() // a prime
})
