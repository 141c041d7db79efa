import { afterAll, describe, expect, test } from 'vitest'
import { host } from '#host'
import { compile } from '../program/compile.js'
import { filled, variable } from '../program/trace.js'
import { input, type Tensor } from '../tensor/tensor.js'
import { memoryOf } from './memory.js'
import { enginesFor, openDevice, randomArray } from './testing.js'

const target = { device: 'webgpu', precision: 'float32' } as const
const webgpu = await openDevice('webgpu')
const why = webgpu.problem ?? ''
afterAll(webgpu.close)

const newEngine = enginesFor(target)

/** A matrix to which `x` [3, 4] is added, and a scalar that takes its sum from before. */
function adding() {
  const [matrix, sum] = [variable([3, 4], filled(0)([3, 4])), variable([], filled(0)([]))]
  const updates = new Map<Tensor, Tensor>([
    [matrix, matrix.add(input('x', [3, 4]))],
    [sum, matrix.sum()],
  ])
  const names = new Map([
    [matrix, 'matrix'],
    [sum, 'sum'],
  ])
  return compile({ outputs: { first: matrix.slice(0, 0, 1).slice(1, 0, 1).sum() }, updates, names }, target)
}

/** Reads the matrix that another program updates. */
function looking() {
  const matrix = variable([3, 4], filled(0)([3, 4]))
  return compile({ outputs: { twice: matrix.mul(2) }, names: new Map([[matrix, 'matrix']]) }, target)
}

const x = randomArray([3, 4]).values.map(Math.fround)
const times = (factor: number) => Float32Array.from(x, value => factor * value)

describe.skipIf(webgpu.problem)(`variables on webgpu ${why}`, () => {
  test('stay on the device from step to step', async () => {
    const port = { name: 'v', type: 'float32', shape: [2, 3] } as const
    const memory = memoryOf(host, { ...target, threads: 1 })
    expect(memory.onDevice).toBe(true)
    const [storage, other] = [await memory.make(port), await memory.make(port)]
    await other.write([1, 2, 3, 4, 5, 6])
    expect([storage.now.location, storage.now.dims, storage.next(true)]).toEqual(['gpu-buffer', [2, 3], null])
    expect(await storage.read()).toEqual(new Float32Array(6))
    storage.advance(other.now)
    expect([storage.now.location, storage.now.dims, storage.next(true)]).toEqual(['gpu-buffer', [2, 3], null])
    expect(await storage.read()).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6))
    other.dispose() // of the buffer that both hold now
    await memory.close()
  })

  test('begin with zeros, are changed by steps and by writes, and read as they are then', async () => {
    const engine = newEngine()
    await engine.load('add', adding())
    expect((await engine.run('add', { x })).first).toEqual(Float32Array.of(0))
    await engine.run('add', { x })
    expect((await engine.read(['matrix'])).get('matrix')).toEqual(times(2))
    await engine.write(new Map([['matrix', times(-8)]]))
    expect((await engine.read(['matrix'])).get('matrix')).toEqual(times(-8))
    expect(Number((await engine.run('add', { x })).first?.[0])).toBe(-8 * Number(x[0]))
    const { matrix, sum } = Object.fromEntries(await engine.read())
    for (const [i, value] of x.entries()) expect(Number(matrix?.[i])).toBeCloseTo(-7 * value, 5)
    expect(Number(sum?.[0])).toBeCloseTo(-8 * x.reduce((total, value) => total + value), 5)
  })

  test('are shared between programs, and go with the last of them', async () => {
    const engine = newEngine()
    await engine.load('add', adding())
    await engine.load('look', looking())
    await engine.run('add', { x })
    expect((await engine.run('look')).twice).toEqual(times(2))
    await engine.unload('add')
    await engine.load('look', looking())
    expect((await engine.run('look')).twice).toEqual(times(2))
    expect((await engine.read(['matrix'])).get('matrix')).toEqual(times(1))
    await engine.unload('look')
    await engine.load('look', looking())
    expect((await engine.run('look')).twice).toEqual(new Float32Array(12))
  })

  test('keep their values when a run fails', async () => {
    const engine = newEngine()
    await engine.load('add', adding())
    await engine.run('add', { x })
    await expect(engine.run('add', { x: [1] })).rejects.toThrow('input x')
    expect((await engine.read(['matrix'])).get('matrix')).toEqual(times(1))
  })
})
