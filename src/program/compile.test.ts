import { afterEach, describe, expect, test } from 'vitest'
import { openEngine } from '../engine/node/engine.js'
import type { Feeds } from '../engine/runner.js'
import { constant, input, type Tensor } from '../tensor/tensor.js'
import { type Computation, compile, type Program } from './compile.js'
import { filled, trace, update, variable } from './trace.js'

const target = { device: 'cpu', precision: 'float64' } as const
let engine = openEngine({ ...target, threads: 1 })
afterEach(async () => {
  await engine.close()
  engine = openEngine({ ...target, threads: 1 })
})

/** Runs a computation once; the numbers of its outputs. */
async function results(computation: Computation, feeds: Feeds = {}): Promise<Record<string, number[]>> {
  await engine.load('test', compile(computation, target))
  const given = await engine.run('test', feeds)
  return Object.fromEntries(Object.entries(given).map(([name, values]) => [name, Array.from(values, Number)]))
}
const state = async (name: string) => Array.from((await engine.read([name])).get(name) ?? [], Number)
const x = input('x', [2, 2])
const scalar = () => variable([], filled(0)([]))

describe('inputs', () => {
  test('a missing one is named', async () => {
    await expect(results({ outputs: { y: x.exp() } })).rejects.toThrow('input x: 4 values expected for [2,2], got none')
  })

  test('one of the wrong length is named', async () => {
    await expect(results({ outputs: { y: x.exp() } }, { x: [1, 2, 3] })).rejects.toThrow(
      'input x: 4 values expected for [2,2], got 3',
    )
  })

  test('two of one name are refused', () => {
    expect(() => compile({ outputs: { y: x.sum().add(input('x', [3]).sum()) } }, target)).toThrow('are called x')
  })

  test('those that no output needs are not asked for', async () => {
    const unused = input('unused', [9])
    expect(
      await results({ outputs: { y: x.sum().add(unused.sum().mul(0).shape.length) } }, { x: [1, 2, 3, 4] }),
    ).toEqual({ y: [10] })
  })

  test('of bytes and of whole numbers', async () => {
    const outputs = {
      shares: input('bytes', [2], 'uint8').cast('float').div(255),
      taken: input('table', [3]).gather(input('rows', [2], 'int')),
    }
    const feeds = { bytes: Uint8Array.of(0, 255), table: [5, 6, 7], rows: [2, 0] }
    expect(await results({ outputs }, feeds)).toEqual({ shares: [0, 1], taken: [7, 5] })
  })
})

describe('outputs', () => {
  test('an input passed through, under two names', async () => {
    const y = await results({ outputs: { a: x, b: x.stopGradient() } }, { x: [1, 2, 3, 4] })
    expect(y).toEqual({ a: [1, 2, 3, 4], b: [1, 2, 3, 4] })
  })

  test('one tensor under two names, which another one uses too', async () => {
    const twice = x.mul(2)
    const y = await results({ outputs: { a: twice, b: twice, c: twice.sum() } }, { x: [1, 2, 3, 4] })
    expect(y).toEqual({ a: [2, 4, 6, 8], b: [2, 4, 6, 8], c: [20] })
  })

  test('a constant', async () => {
    expect(await results({ outputs: { y: constant([1, 2]) } })).toEqual({ y: [1, 2] })
  })

  test('one called as an input is refused', () => {
    expect(() => compile({ outputs: { x: x.exp() } }, target)).toThrow(
      'two inputs, variables or outputs of the program are called x',
    )
  })
})

describe('variables', () => {
  test('without a name are refused with the way out', () => {
    const lost = variable([2, 3], filled(0)([2, 3]))
    expect(() => compile({ outputs: { y: lost.sum() } }, target)).toThrow(
      'a variable of shape [2,3] has no name: put it into a module',
    )
  })

  test('one that is only written', async () => {
    const v = variable([2, 2], filled(0)([2, 2]))
    const names = new Map([[v, 'v']])
    const y = await results({ outputs: { y: x.sum() }, updates: new Map([[v, x.mul(3)]]), names }, { x: [1, 2, 3, 4] })
    expect(y).toEqual({ y: [10] })
    expect(await state('v')).toEqual([3, 6, 9, 12])
  })

  test('an output shows what one was before its update', async () => {
    const v = scalar()
    const computation = { outputs: { before: v }, updates: new Map([[v, v.add(1)]]), names: new Map([[v, 'v']]) }
    expect(await results(computation)).toEqual({ before: [0] })
    expect(await state('v')).toEqual([1])
  })

  test('one that keeps its value, and one that takes an input as it is', async () => {
    const [kept, taken] = [scalar(), variable([2, 2], filled(0)([2, 2]))]
    const names = new Map([
      [kept, 'kept'],
      [taken, 'taken'],
    ])
    const updates = new Map<Tensor, Tensor>([
      [kept, kept],
      [taken, x],
    ])
    await engine.load('test', compile({ outputs: {}, updates, names }, target))
    await engine.write(new Map([['kept', [7]]]))
    await engine.run('test', { x: [1, 2, 3, 4] })
    expect([await state('kept'), await state('taken')]).toEqual([[7], [1, 2, 3, 4]])
  })

  test('an update of another shape is refused where it is made', () => {
    const v = variable([3], filled(0)([3]))
    expect(() => trace({ training: true }, () => update(v, x))).toThrow('update: [3] cannot hold [2, 2]')
  })
})

test('a program is plain data that a worker can be sent', () => {
  const { result, trace: traced } = trace({ training: true }, draw => x.add(draw.uniform([2, 2])))
  const program: Program = compile({ outputs: { result }, draws: traced.draws }, target)
  expect(structuredClone(program)).toEqual(program)
})

test('draws that nothing needs are not drawn', () => {
  const { result, trace: traced } = trace({ training: true }, draw => {
    draw.normal([1000])
    return draw.uniform([2])
  })
  const { draws, inputs } = compile({ outputs: { result }, draws: traced.draws }, target)
  expect(draws.map(({ drawing }) => drawing.kind)).toEqual(['uniform'])
  expect(inputs).toEqual([])
})
