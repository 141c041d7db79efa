import { expect, test } from 'vitest'
import { input } from '../tensor/tensor.js'
import { discriminator } from './discriminator.js'
import { variablesOf } from './module.js'

test.each([8, 16, 28, 32, 64])('pictures of %i px get one logit each', size => {
  expect(discriminator(size, 3)(input('x', [5, 3, size, size])).shape).toEqual([5, 1])
})

test('32 px: three convolutions of 4 × 4, batch norm on all but the first', () => {
  const shapes = [...variablesOf(discriminator(32, 3))].map(([name, t]) => `${name} ${t.shape}`)
  expect(shapes.filter(line => !line.includes('running'))).toEqual([
    '0.weight 32,3,4,4',
    '0.bias 32',
    '2.weight 64,32,4,4',
    '3.weight 64',
    '3.bias 64',
    '5.weight 128,64,4,4',
    '6.weight 128',
    '6.bias 128',
    '9.weight 1,2048',
    '9.bias 1',
  ])
})
