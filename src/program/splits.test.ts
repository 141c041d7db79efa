import { expect, test } from 'vitest'
import { evaluate } from '../engine/testing.js'
import { constant, input, type Tensor } from '../tensor/tensor.js'
import { compile } from './compile.js'
import type { DeviceName } from './devices.js'

/** Operators of a program, of those that are looked for. */
function operators(
  of: (x: Tensor) => Readonly<Record<string, Tensor>>,
  shape: readonly number[],
  device: DeviceName = 'cpu',
): string[] {
  const { model } = compile({ outputs: of(input('x', shape)) }, { device, precision: 'float32' })
  return new TextDecoder('latin1').decode(model).match(/Split|Slice/g) ?? []
}
const parts =
  (...ranges: [number, number][]) =>
  (x: Tensor) => {
    const vector = x.mul(constant(2))
    return Object.fromEntries(ranges.map(([from, to], i) => [`${i}`, vector.slice(0, from, to).add(i)]))
  }

test('a vector that is taken apart is split by one operator, whatever the order', async () => {
  const of = parts([3, 4], [0, 3], [4, 6])
  expect(operators(of, [6])).toEqual(['Split'])
  const given = { shape: [6], values: [1, 2, 3, 4, 5, 6] }
  expect(await evaluate(of, [given], { precision: 'float32' })).toEqual({ 0: [8], 1: [3, 5, 7], 2: [12, 14] })
})

test('but not on WebGPU, which binds few results of an operator', () => {
  expect(operators(parts([0, 3], [3, 6]), [6], 'webgpu')).toEqual(['Slice', 'Slice'])
})

test.each([
  ['a part is left out', parts([0, 3], [4, 6]), [6]],
  ['the end is left out', parts([0, 3], [3, 5]), [6]],
  ['parts overlap', parts([0, 3], [2, 6]), [6]],
  ['there is one part alone', parts([0, 3]), [6]],
  ['it is a matrix', parts([0, 3], [3, 6]), [6, 2]],
] as const)('nor where %s', (_, of, shape) => {
  expect(operators(of, shape)).not.toContain('Split')
  expect(operators(of, shape)).toContain('Slice')
})
