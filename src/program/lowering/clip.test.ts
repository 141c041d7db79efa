import { expect, test } from 'vitest'
import { array, evaluate, optimisedGraph } from '../../engine/testing.js'
import { input } from '../../tensor/tensor.js'
import { compile } from '../compile.js'

const values = [Number.NaN, -2, 0.25, 2, ...Array<number>(15).fill(0.5), Number.NaN]
const clipped = [Number.NaN, 0, 0.25, 1, ...Array<number>(15).fill(0.5), Number.NaN]

test('clip is one pass over memory, and hides no number that is none', async () => {
  const x = input('x', [20])
  const program = compile({ outputs: { y: x.clip(0, 1) } }, { device: 'cpu', precision: 'float32' })
  expect((await optimisedGraph(program)).node.map(({ opType }) => opType)).toEqual(['Clip', 'SequenceEmpty'])
  const { y } = await evaluate(x => ({ y: x.clip(0, 1) }), [array([20], values)], { precision: 'float32' })
  expect(y).toEqual(clipped)
})

test('the larger of two tensors, or what is used elsewhere too, stays', async () => {
  const { y, z } = await evaluate(
    (x, low) => ({ y: x.maximum(low).minimum(1), z: x.maximum(0) }),
    [array([3], [-2, 0, 3]), array([3], [-1, 0.5, 0.5])],
    { precision: 'float32' },
  )
  expect(y).toEqual([-1, 0.5, 1])
  expect(z).toEqual([0, 0, 3])
})
