import { describe, expect, test } from 'vitest'
import { adamW } from '../optim/optimisers.js'
import { compile, type Program } from '../program/compile.js'
import { drawFeeds } from '../program/draws.js'
import { filled, trace, variable } from '../program/trace.js'
import type { Values } from '../program/values.js'
import { derivative } from '../tensor/derivative.js'
import { input, type Tensor } from '../tensor/tensor.js'
import { enginesFor, randomArray } from './testing.js'

const target = { device: 'cpu', precision: 'float32' } as const
const newEngine = enginesFor(target)

/** Two numbers, each of which becomes a mixture of both at every step. */
function fibonacci(): Program {
  const [a, b] = [variable([], filled(0)([])), variable([], filled(0)([]))]
  const updates = new Map<Tensor, Tensor>([
    [a, b],
    [b, a.add(b)],
  ])
  const names = new Map([
    [a, 'a'],
    [b, 'b'],
  ])
  return compile({ outputs: { sum: a.add(b) }, updates, names }, target)
}

describe('variables', () => {
  test('a step reads what the step before wrote, never what it writes itself', async () => {
    const engine = newEngine()
    await engine.load('fibonacci', fibonacci())
    await engine.write(new Map([['b', [1]]]))
    const sums: number[] = []
    for (let step = 0; step < 10; step++) sums.push(Number((await engine.run('fibonacci')).sum?.[0]))
    expect(sums).toEqual([1, 2, 3, 5, 8, 13, 21, 34, 55, 89])
    expect(await engine.read()).toEqual(
      new Map([
        ['a', Float32Array.of(55)],
        ['b', Float32Array.of(89)],
      ]),
    )
  })

  test('are shared between programs', async () => {
    const engine = newEngine()
    const a = variable([], filled(0)([]))
    await engine.load('fibonacci', fibonacci())
    await engine.load('look', compile({ outputs: { twice: a.mul(2) }, names: new Map([[a, 'a']]) }, target))
    await engine.write(new Map([['b', [1]]]))
    for (const expected of [0, 2, 2, 4, 6, 10]) {
      expect((await engine.run('look')).twice).toEqual(Float32Array.of(expected))
      await engine.run('fibonacci')
    }
  })

  test('stay when a program is loaded anew', async () => {
    const engine = newEngine()
    await engine.load('fibonacci', fibonacci())
    await engine.write(new Map([['a', [4]]]))
    await engine.load('fibonacci', fibonacci())
    expect((await engine.read(['a'])).get('a')).toEqual(Float32Array.of(4))
  })

  test('go with the last program that has them', async () => {
    const engine = newEngine()
    const a = variable([], filled(0)([]))
    const look = () => compile({ outputs: { twice: a.mul(2) }, names: new Map([[a, 'a']]) }, target)
    await engine.load('fibonacci', fibonacci())
    await engine.load('look', look())
    await engine.write(new Map([['a', [4]]]))
    await engine.unload('fibonacci')
    expect([...(await engine.read()).keys()]).toEqual(['a'])
    expect((await engine.run('look')).twice).toEqual(Float32Array.of(8))
    await engine.unload('look')
    expect((await engine.read()).size).toBe(0)
    await engine.load('look', look())
    expect((await engine.run('look')).twice).toEqual(Float32Array.of(0))
    const other = variable([3], filled(0)([3]))
    await engine.load('look', compile({ outputs: { y: other.sum() }, names: new Map([[other, 'b']]) }, target))
    expect([...(await engine.read()).keys()]).toEqual(['b'])
  })

  test('are read as copies', async () => {
    const engine = newEngine()
    await engine.load('fibonacci', fibonacci())
    await engine.write(new Map([['a', [4]]]))
    const copy = (await engine.read()).get('a') as Float32Array
    copy[0] = 99
    expect((await engine.read()).get('a')).toEqual(Float32Array.of(4))
  })

  test('keep their values when a run fails', async () => {
    const engine = newEngine()
    const v = variable([2], filled(0)([2]))
    const updates = new Map([[v, v.add(input('x', [2]))]])
    await engine.load('add', compile({ outputs: {}, updates, names: new Map([[v, 'v']]) }, target))
    await engine.run('add', { x: [1, 2] })
    await expect(engine.run('add', { x: [1] })).rejects.toThrow('input x')
    expect((await engine.read()).get('v')).toEqual(Float32Array.of(1, 2))
  })
})

describe('mistakes are named', () => {
  test('no such program, no such variable', async () => {
    const engine = newEngine()
    await expect(engine.run('train')).rejects.toThrow('no program train is loaded')
    await expect(engine.read(['w'])).rejects.toThrow('no variable w in the loaded programs')
    await expect(engine.write(new Map([['w', [1]]]))).rejects.toThrow('no variable w in the loaded programs')
  })

  test('values of another length', async () => {
    const engine = newEngine()
    await engine.load('fibonacci', fibonacci())
    await expect(engine.write(new Map([['a', [1, 2]]]))).rejects.toThrow('variable a: 1 values expected for [], got 2')
  })

  test('one name for variables of two shapes', async () => {
    const engine = newEngine()
    const a = variable([3], filled(0)([3]))
    await engine.load('fibonacci', fibonacci())
    const other = compile({ outputs: { y: a.sum() }, names: new Map([[a, 'a']]) }, target)
    await expect(engine.load('other', other)).rejects.toThrow('variable a: [3] in other, but [] in another program')
  })
})

describe('a run that is stopped and resumed', () => {
  /** A noisy regression with AdamW: state, schedule and draws all matter. */
  function noisyStep(): Program {
    const weight = variable([4, 3], filled(0)([4, 3]))
    const { result, trace: traced } = trace({ training: true }, draw => {
      const x = draw.normal([8, 4])
      const loss = x
        .matmul(weight)
        .tanh()
        .sub(draw.uniform([8, 3]))
        .square()
        .mean()
      return { loss, gradient: derivative(loss, [weight])[0] ?? loss }
    })
    const optimised = adamW()([{ name: 'weight', variable: weight, gradient: result.gradient }])
    const names = new Map([[weight, 'weight'], ...optimised.names])
    return compile({ outputs: { loss: result.loss }, updates: optimised.updates, names, draws: traced.draws }, target)
  }

  test('a draw that is given takes the place of the one of the key', async () => {
    const engine = newEngine()
    const { result, trace: traced } = trace({ training: true }, draw =>
      draw.uniform([2]).add(draw.integer([2], 5).cast('float').mul(10)),
    )
    await engine.load('draw', compile({ outputs: { result }, draws: traced.draws }, target))
    const [share, whole] = traced.draws.map(({ name }) => name) as [string, string]
    const drawKey = { seed: 3, step: 4 }
    const alone = await engine.run('draw', {}, drawKey)
    const drawn = drawFeeds(traced.draws, 'float32', drawKey)
    expect(await engine.run('draw', drawn, { seed: 0, step: 0 })).toEqual(alone)
    const given = await engine.run('draw', { [share]: [0.25, 0.5], [whole]: [7, 9] }, drawKey)
    expect(given.result).toEqual(Float32Array.of(70.25, 90.5))
  })

  async function train(steps: readonly number[], seed: number, from?: ReadonlyMap<string, Values>) {
    const engine = newEngine()
    await engine.load('train', noisyStep())
    await engine.write((from as Map<string, Float32Array>) ?? new Map([['weight', randomArray([4, 3]).values]]))
    const losses: number[] = []
    for (const step of steps) {
      const results = await engine.run('train', { learningRate: [0.1 / (step + 1)], step: [step] }, { seed, step })
      losses.push(Number(results.loss?.[0]))
    }
    return { losses, state: await engine.read() }
  }

  test('goes on bit by bit as one that was not', async () => {
    const whole = await train([0, 1, 2, 3], 42)
    const before = await train([0, 1], 42)
    const after = await train([2, 3], 42, before.state)
    expect([...before.losses, ...after.losses]).toEqual(whole.losses)
    expect(after.state).toEqual(whole.state)
    expect(whole.state.size).toBe(3)
  })

  test('another seed is another run', async () => {
    expect((await train([0, 1], 1)).losses).not.toEqual((await train([0, 1], 2)).losses)
  })
})
