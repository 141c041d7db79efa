import { afterAll, describe, expect, test } from 'vitest'
import { array, evaluate, openDevice, randomArray, relativeError } from '../../engine/testing.js'
import { derivative } from '../../tensor/derivative.js'
import { constant, type Tensor } from '../../tensor/tensor.js'
import { type Case, namedCases } from '../../tensor/testing.js'
import type { DeviceName } from '../devices.js'

// float64 is lowered through expansions of its own for conv, erf, gelu and softplus: it is the reference here
describe('float32 on cpu agrees with float64', () => agreement('cpu', 1e-5))

const webgpu = await openDevice('webgpu')
describe.skipIf(webgpu.problem)(`float32 on webgpu agrees with float64 ${webgpu.problem ?? ''}`, () => {
  agreement('webgpu', 1e-5)
  afterAll(webgpu.close)
})

function agreement(device: DeviceName, tolerance: number) {
  for (const { name, of, at, flat } of namedCases)
    test(`${name}: value${flat ? '' : ' and gradients'}`, async () => {
      const given = at.map(({ shape, values }) => array(shape, values.map(Math.fround)))
      const build = (...inputs: Tensor[]) => ({ y: of(...inputs), ...(flat ? {} : gradientsOf(of, inputs)) })
      const expected = await evaluate(build, given)
      const actual = await evaluate(build, given, { device, precision: 'float32' })
      // WebGPU promises sines to 2⁻¹¹ only
      const allowed = device === 'webgpu' && /^(sin|cos)/.test(name) ? 2 ** -11 : tolerance
      for (const [result, values] of Object.entries(expected))
        expect(relativeError(actual[result], values), result).toBeLessThan(allowed)
    })
}

/** The gradients of the result weighted by fixed random numbers. */
function gradientsOf(of: Case['of'], inputs: readonly Tensor[]): Record<string, Tensor> {
  const y = of(...inputs)
  const loss = y.mul(constant(randomArray(y.shape, { seed: 7, low: 0.5, high: 1.5 }).values, y.shape)).sum()
  return Object.fromEntries(derivative(loss, inputs).map((g, i) => [`gradient.${i}`, g]))
}

test('what is padded between two transposes, which the runtime moves together', async () => {
  const x = randomArray([2, 3, 4, 5])
  const { y } = await evaluate(
    x => ({ y: x.transpose(0, 3, 1, 2).pad(3, 0, 2, 0.5).mul(2).transpose(0, 2, 3, 1) }),
    [x],
    { precision: 'float32' },
  )
  const places = [...Array(2 * 3 * 6 * 5).keys()].map(i => ({
    row: Math.floor(i / 30),
    column: Math.floor(i / 5) % 6,
    i,
  }))
  for (const { row, column, i } of places)
    expect(y?.[i]).toBeCloseTo(column < 4 ? 2 * (x.values[row * 20 + column * 5 + (i % 5)] ?? 0) : 1, 6)
})
