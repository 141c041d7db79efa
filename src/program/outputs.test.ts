import { afterEach, expect, test } from 'vitest'
import { openEngine } from '../engine/node/engine.js'
import { input } from '../tensor/tensor.js'
import { compile } from './compile.js'
import { filled, variable } from './trace.js'

const target = { device: 'cpu', precision: 'float32' } as const
let engine = openEngine({ ...target, threads: 1 })
afterEach(async () => {
  await engine.close()
  engine = openEngine({ ...target, threads: 1 })
})

test('a run copies none of its variables', async () => {
  const numbers = 2 ** 21
  const large = variable([numbers], filled(0)([numbers]))
  const computation = { outputs: { first: large.slice(0, 0, 1) }, updates: new Map([[large, large.add(1)]]) }
  await engine.load('count', compile({ ...computation, names: new Map([[large, 'large']]) }, target))
  await engine.run('count')
  const before = process.memoryUsage().arrayBuffers
  for (let step = 1; step < 4; step++) expect(await engine.run('count')).toEqual({ first: Float32Array.of(step) })
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(numbers) // bytes: a quarter of one copy
  expect((await engine.read()).get('large')?.at(-1)).toBe(4)
})

test('a run that fails on its way says why', async () => {
  const found = input('table', [3]).gather(input('rows', [1], 'int'))
  await engine.load('look up', compile({ outputs: { found } }, target))
  expect(await engine.run('look up', { table: [5, 6, 7], rows: [2] })).toEqual({ found: Float32Array.of(7) })
  await expect(engine.run('look up', { table: [5, 6, 7], rows: [3] })).rejects.toThrow('out of data bounds')
})
