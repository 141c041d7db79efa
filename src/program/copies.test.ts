import { expect, test } from 'vitest'
import { openEngine } from '../engine/node/engine.js'
import { concat } from '../tensor/movement.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { compile } from './compile.js'
import { ofCopies } from './copies.js'
import { type Draw, trace } from './trace.js'

const target = { device: 'cpu', precision: 'float32' } as const

/** What a trace computes when it is the fourth step of seed 3. */
async function computed(build: (draw: Draw) => Tensor): Promise<number[]> {
  const { result, trace: traced } = trace({ training: true }, build)
  const engine = openEngine({ ...target, threads: 1 })
  try {
    await engine.load('drawn', compile({ outputs: { result }, draws: traced.draws }, target))
    const { result: values } = await engine.run('drawn', {}, { seed: 3, step: 4 })
    return Array.from(values ?? [], Number)
  } finally {
    await engine.close()
  }
}

/** Every kind of draw, in two shapes [N, …] */
function everything(x: Tensor, draw: Draw): Tensor {
  const n = x.size(0)
  const uniform = draw.uniform([n, 2], -1, 5)
  const normal = draw.normal([n]).reshape(n, 1)
  const order = draw.permutation(n, 4).cast('float')
  return concat([x, uniform, normal, order, draw.integer([n, 1], 7).cast('float'), draw.uniform([n, 1])], 1)
}

test.each([1, 2, 3])('%i copies in one go are drawn what they are drawn one after the other', async copies => {
  const x = constant([10, 20, 30], [3, 1])
  const each = Array.from({ length: copies }, () => x)
  const apart = await computed(draw => concat(each.map(x => everything(x, draw))))
  expect(await computed(draw => ofCopies(copies, draw, draw => everything(concat(each), draw)))).toEqual(apart)
  expect(new Set(apart).size).toBeGreaterThan(12 * copies)
})
