import { expect, test } from 'vitest'
import { int8Finding } from './int8-finding.js'

test.each([
  [
    true,
    2.34,
    true,
    'u8 × s8 is exact, 2.3 times the rate of fp32 in a matrix product; trainings are in it unless told --products fp32',
  ],
  [true, 0.5, false, 'u8 × s8 is exact, 0.5 times the rate of fp32 in a matrix product; trainings are in fp32'],
  [
    false,
    1.5,
    false,
    'u8 × s8 saturates, as on processors without VNNI; 1.5 times the rate of fp32 in a matrix product; trainings are in fp32',
  ],
])('of products in int8, exact %s and %f times as fast', (exact, gain, works, detail) => {
  expect(int8Finding({ exact, gain })).toEqual({ name: 'int8', works, detail })
})

test('of an ONNX Runtime without products in int8', () => {
  expect(int8Finding(undefined)).toMatchObject({
    works: false,
    detail: expect.stringContaining('trainings are in fp32'),
  })
})
