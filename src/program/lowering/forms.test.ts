import ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { host } from '#host'
import { evaluate, type Given, randomArray, relativeError } from '../../engine/testing.js'
import { derivative, topological } from '../../tensor/derivative.js'
import type { TensorOf } from '../../tensor/primitives.js'
import type { Shape } from '../../tensor/shape.js'
import { input, type Tensor } from '../../tensor/tensor.js'
import { writeModel } from '../onnx/model.js'
import { canBlock, fromBlocked, toBlocked } from './blocked.js'
import type { Convolution } from './cost.js'
import { Emitter } from './emitter.js'
import { type Form, forms, ranked } from './forms.js'

interface Shapes {
  readonly what: string
  readonly x: Shape
  readonly weight: Shape
  readonly stride?: number
  readonly dilation?: number
  readonly groups?: number
  readonly padding?: number | readonly (readonly [number, number])[]
}

const shapes: readonly Shapes[] = [
  { what: 'whole tiles', x: [2, 32, 12, 12], weight: [32, 32, 3, 3], padding: 1 },
  { what: 'tiles that hang over', x: [4, 32, 7, 8], weight: [32, 32, 3, 3], padding: 1 },
  { what: 'one tile a picture', x: [17, 32, 4, 4], weight: [48, 32, 3, 3], padding: 1 },
  {
    what: 'padding on one side',
    x: [2, 32, 9, 13],
    weight: [32, 32, 3, 3],
    padding: [
      [2, 1],
      [0, 1],
    ],
  },

  { what: 'same size', x: [2, 32, 5, 6], weight: [16, 32, 3, 3], padding: 1 },
  { what: '1×1', x: [2, 16, 3, 3], weight: [32, 16, 1, 1] },
  { what: 'pictures of three colours', x: [2, 3, 8, 8], weight: [16, 3, 3, 3], padding: 1 },
  { what: 'stride 2', x: [2, 16, 8, 6], weight: [32, 16, 3, 3], stride: 2, padding: 1 },
  { what: 'stride 2, odd size', x: [2, 16, 7, 6], weight: [32, 16, 3, 3], stride: 2, padding: 1 },
  { what: 'stride 2, kernel of 4', x: [1, 16, 8, 8], weight: [16, 16, 4, 4], stride: 2, padding: 1 },
  { what: 'stride 2, kernel of 5', x: [1, 16, 8, 8], weight: [16, 16, 5, 5], stride: 2, padding: 2 },
  { what: '1×1, stride 2', x: [2, 16, 6, 6], weight: [32, 16, 1, 1], stride: 2 },
  { what: 'channels that do not fill a block', x: [2, 20, 4, 4], weight: [16, 20, 3, 3], padding: 1 },
  // enough samples to be channels, and rows long enough that pixels are
  { what: 'samples', x: [16, 32, 5, 6], weight: [16, 32, 3, 3], padding: 1 },
  { what: 'many samples in parts', x: [64, 16, 4, 3], weight: [16, 16, 3, 3], padding: 1 },
  { what: 'samples without padding', x: [16, 16, 5, 6], weight: [16, 16, 3, 2] },
  { what: 'samples, stride 2', x: [32, 16, 8, 6], weight: [32, 16, 3, 3], stride: 2, padding: 1 },
  { what: 'samples, stride 2, odd size', x: [16, 16, 7, 5], weight: [32, 16, 3, 3], stride: 2, padding: 1 },
  { what: 'samples, stride 3, what is left over', x: [16, 16, 9, 10], weight: [16, 16, 2, 2], stride: 3 },
  { what: 'samples, in bands of rows', x: [16, 16, 20, 18], weight: [16, 16, 3, 3], padding: 1 },
  { what: 'samples, in bands, stride 2', x: [16, 16, 39, 35], weight: [16, 16, 3, 3], stride: 2, padding: 1 },
  { what: 'samples of many channels, in bands', x: [32, 32, 20, 18], weight: [32, 32, 3, 3], padding: 1 },
  { what: 'holes', x: [2, 16, 9, 8], weight: [32, 16, 3, 3], padding: 2, dilation: 2 },
  { what: 'stride 3', x: [2, 16, 9, 12], weight: [16, 16, 3, 3], padding: 1, stride: 3 },
  { what: 'stride 2 over holes', x: [2, 16, 12, 8], weight: [16, 16, 3, 3], padding: 3, stride: 2, dilation: 3 },
  { what: 'samples, 1×1, stride 2', x: [16, 16, 6, 6], weight: [32, 16, 1, 1], stride: 2 },
  { what: 'samples of channels that do not fill a block', x: [16, 20, 5, 4], weight: [16, 20, 3, 3], padding: 1 },
  { what: 'samples of three colours', x: [16, 3, 7, 7], weight: [16, 3, 3, 3], stride: 2, padding: 1 },
  {
    what: 'samples, padding on one side',
    x: [16, 16, 5, 7],
    weight: [16, 16, 3, 3],
    padding: [
      [2, 1],
      [0, 2],
    ],
  },
  { what: 'pixels', x: [3, 3, 5, 16], weight: [16, 3, 3, 3], padding: 1 },
  {
    what: 'pixels in two blocks',
    x: [2, 1, 6, 32],
    weight: [32, 1, 5, 3],
    padding: [
      [2, 2],
      [1, 1],
    ],
  },
  { what: 'pixels without padding', x: [2, 3, 5, 18], weight: [16, 3, 2, 3] },
  { what: 'pixels, stride 2', x: [2, 3, 8, 32], weight: [16, 3, 3, 3], stride: 2, padding: 1 },
  { what: 'pixels, stride 2, kernel of 7', x: [1, 3, 10, 32], weight: [16, 3, 7, 7], stride: 2, padding: 3 },
  { what: 'pixels, stride 4, what is left over', x: [2, 3, 11, 67], weight: [16, 3, 2, 2], stride: 4 },
  { what: 'groups', x: [16, 32, 5, 6], weight: [32, 16, 3, 3], padding: 1, groups: 2 },
  { what: 'single channels', x: [2, 16, 5, 6], weight: [16, 1, 3, 3], padding: 1, groups: 16 },
]

/** Of forms that round more than float32 does */
const roundings: Readonly<Record<string, number>> = { tiles: 3e-5, int8: 0.03 }

const block = await host.block('cpu')
const exactInt8 = (await host.int8('cpu'))?.exact === true
const covered = new Set<string>()

describe('every form that can serve agrees with float64, which is written without convolutions', () => {
  for (const { what, ...shape } of shapes)
    test(what, async () => {
      const { primitives, given, expected } = await referenceOf(shape)
      for (const [i, t] of primitives.entries())
        for (const [name, form] of formsOf(t))
          for (const size of new Set([0, block])) {
            const actual = await valuesOf(form, t, given, size)
            if (actual === undefined) continue
            covered.add(`${t.op}, ${name}`)
            const error = relativeError(actual, expected[i] ?? [])
            expect(error, `${t.op}, ${name}, block ${size}`).toBeLessThan(roundings[name] ?? 1e-5)
          }
    })

  test.skipIf(block === 0)('each was compared', () => {
    const all = Object.entries(forms).flatMap(([op, them]) => Object.keys(them).map(name => `${op}, ${name}`))
    expect([...covered].sort()).toEqual(all.filter(name => exactInt8 || !name.endsWith('int8')).sort())
  })
})

const formsOf = (t: TensorOf<Convolution>) => Object.entries(forms[t.op]) as [string, Form<Convolution>][]

/** A convolution and its gradients for an output weighted by random numbers, each as a primitive, and their values. */
async function referenceOf({ x: from, weight, ...options }: Omit<Shapes, 'what'>) {
  const y = (x: Tensor, w: Tensor) => x.conv(w, { ...options, int8: true })
  const inputs = [input('x', from), input('w', weight)] as const
  const to = y(...inputs).shape
  const given = Object.fromEntries([from, weight, to].map((shape, i) => ['xwg'[i] ?? '', rounded(shape, i)]))
  const all = (x: Tensor, w: Tensor, g: Tensor) => [y(x, w), ...derivative(y(x, w).mul(g).sum(), [x, w])]
  const values = await evaluate(
    (x, w, g) => Object.fromEntries(all(x as Tensor, w as Tensor, g as Tensor).map((t, i) => [`${i}`, t])),
    Object.values(given),
  )
  const primitives = all(...inputs, input('g', to)).map(
    result =>
      topological([result]).find(t => t.op.startsWith('conv') && t.shape === result.shape) as TensorOf<Convolution>,
  )
  return { primitives, given, expected: Object.values(values) }
}

function rounded(shape: Shape, seed: number): Given {
  return { shape, values: randomArray(shape, { seed: seed + 1 }).values.map(Math.fround) }
}

/** What a form alone computes in float32, from operands in blocked layout where they can have it. */
async function valuesOf(form: Form<Convolution>, t: TensorOf<Convolution>, given: Record<string, Given>, size: number) {
  const e = new Emitter('float32', undefined, size, exactInt8 ? 'int8' : 'fp32')
  const names = { conv: 'xw', convInput: 'gw', convWeight: 'xg' }[t.op].split('')
  const operands = names.map(name => {
    const shape = given[name]?.shape ?? []
    return canBlock(e, shape) && name !== 'w' ? fromBlocked(e, toBlocked(e, name), shape[1] ?? 1) : name
  })
  const before = e.nodes.length
  const result = form(e, operands as [string, string], t)
  if (result === undefined) {
    expect(e.nodes, 'nothing is written but the operands').toHaveLength(before)
    return undefined
  }
  const port = (name: string, shape: Shape) => ({ name, type: 'float32' as const, shape })
  const { model } = writeModel({
    nodes: e.finished([result]),
    initializers: e.initializers,
    inputs: names.map(name => port(name, given[name]?.shape ?? [])),
    outputs: [port(result, t.shape)],
  })
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 3 })
  const feeds = names.map(name => {
    const { shape, values } = given[name] as Given
    return [name, new ort.Tensor('float32', Float32Array.from(values), shape)]
  })
  const results = await session.run(Object.fromEntries(feeds))
  await session.release()
  return Array.from(results[result]?.data as Float32Array)
}

describe('the cheapest form', () => {
  const first = (x: Shape, weight: Shape, op: Convolution, options: { stride?: number; padding?: number }) => {
    const [a, w] = [input('x', x), input('w', weight)]
    const all = topological(derivative(a.conv(w, options).sum(), [a, w]))
    const t = [...all, a.conv(w, options)].find(t => t.op === op) as TensorOf<Convolution>
    return ranked(t).map(([name]) => name)
  }
  const inFloat = (...of: Parameters<typeof first>) => first(...of).filter(name => name !== 'int8')

  test('has tiles for many channels and little more than blocks for few', () => {
    const padding = 1
    expect(inFloat([64, 256, 8, 8], [256, 256, 3, 3], 'conv', { padding })[0]).toBe('tiles')
    expect(inFloat([64, 64, 32, 32], [64, 64, 3, 3], 'conv', { padding })[0]).toBe('blocked')
    expect(inFloat([64, 256, 8, 8], [256, 256, 3, 3], 'convWeight', { padding })[0]).toBe('tiles')
    expect(inFloat([64, 64, 32, 32], [64, 64, 3, 3], 'convWeight', { padding })[0]).toBe('samples')
    expect(inFloat([128, 3, 32, 32], [32, 3, 3, 3], 'convWeight', { padding })[0]).toBe('pixels')
  })

  test('is the same each time, and looked up', () => {
    const once = first([64, 64, 32, 32], [128, 64, 3, 3], 'convInput', { padding: 1, stride: 2 })
    expect(first([64, 64, 32, 32], [128, 64, 3, 3], 'convInput', { padding: 1, stride: 2 })).toEqual(once)
    expect(once).toHaveLength(6)
  })
})
