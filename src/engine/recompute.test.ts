import { fromBinary } from '@bufbuild/protobuf'
import { describe, expect, test } from 'vitest'
import { compile, type Program } from '../program/compile.js'
import { ModelProtoSchema, type NodeProto } from '../program/onnx/generated/onnx_pb.js'
import { derivative, pullBack } from '../tensor/derivative.js'
import { segment } from '../tensor/recompute.js'
import { normalize } from '../tensor/reduction.js'
import { input, type Tensor } from '../tensor/tensor.js'
import { optimisedGraph, randomArray, valueAndGradients } from './testing.js'

const whole = (x: Tensor, forward: (x: Tensor) => Tensor) => forward(x)
const part = (x: Tensor, forward: (x: Tensor) => Tensor) => segment(forward(x), [x])
type Marked = typeof part

/** Three layers, each wave(x·w), of which `marked` says what becomes of each. */
const layers = (marked: Marked) => (x: Tensor, w: Tensor) =>
  [1, 2, 3].reduce(y => marked(y, y => y.matmul(w).sin().mul(2)), x)

/** The nodes that ONNX Runtime runs, in its order, after all its optimisations. */
const optimised = async (program: Program): Promise<NodeProto[]> => (await optimisedGraph(program)).node

/** Whether a node needs a value, itself or through others. */
function needs(node: NodeProto, value: string, nodes: readonly NodeProto[]): boolean {
  const seen = new Set(node.input)
  for (const name of seen)
    for (const { output, input } of nodes) if (output.includes(name)) for (const other of input) seen.add(other)
  return seen.has(value)
}

describe('what is computed again', () => {
  const given = [randomArray([2, 3]), randomArray([3, 3], { seed: 2 })]

  test('gives the same gradients to the last bit', async () => {
    const plain = await valueAndGradients((x, w) => layers(whole)(x, w).square().sum(), given)
    const again = await valueAndGradients((x, w) => layers(part)(x, w).square().sum(), given)
    expect(again).toEqual(plain)
    expect(plain.gradients[0]?.[0]).not.toBe(0)
  })

  test('is a copy for all segments but the last, and waits for the gradient even where ONNX Runtime has optimised', async () => {
    const [x, w, g] = [input('x', [2, 3]), input('w', [3, 3]), input('g', [2, 3])]
    const of = async (marked: Marked) => {
      const [byX = x, byW = w] = pullBack([[layers(marked)(x, w), g]], [x, w])
      return optimised(compile({ outputs: { byX, byW } }, { device: 'cpu', precision: 'float32' }))
    }
    const [plain, again] = [await of(whole), await of(part)]
    // sin forward in two layers (the third is needed by nothing) and cos of all three
    const waves = (nodes: readonly NodeProto[]) => nodes.filter(({ opType }) => opType === 'Sin' || opType === 'Cos')
    const late = (nodes: readonly NodeProto[]) => waves(nodes).filter(node => needs(node, 'g', nodes)).length
    expect([waves(plain).length, late(plain)]).toEqual([5, 0])
    expect([waves(again).length, late(again)]).toEqual([5, 2])
    const products = (nodes: readonly NodeProto[]) =>
      nodes.filter(({ opType, input }) => opType.endsWith('MatMul') && input[1] === 'w')
    expect(products(again).length - products(plain).length).toBe(2)
  })

  test('waits for the gradients of the parameters of later segments', async () => {
    const [x, g, ...w] = ['x', 'g', 'w1', 'w2', 'w3'].map(name => input(name, [3, 3]))
    if (x === undefined || g === undefined) throw new Error('five tensors')
    const y = w.reduce((y, w) => part(y, y => y.matmul(w).sin()), x)
    const gradients = pullBack([[y, g]], w).map((slope, i) => [`by w${i + 1}`, slope] as const)
    const nodes = await optimised(
      compile({ outputs: Object.fromEntries(gradients) }, { device: 'cpu', precision: 'float32' }),
    )
    const copies = (w: string) =>
      nodes.filter(node => node.input[1] === w && needs(node, 'g', nodes) && node.input[0] !== 'x')
    const waitsFor = (w: string) =>
      gradients.map(([name]) => name).filter(name => copies(w).every(node => needs(node, name, nodes)))
    expect(copies('w2').length).toBeGreaterThan(0)
    expect(waitsFor('w2')).toEqual(['by w3'])
    expect(waitsFor('w1')).toEqual(['by w2', 'by w3'])
  })

  test('leaves alone what is small: it is kept', () => {
    const centred = (marked: Marked) => {
      const x = input('x', [64, 3])
      const layer = (y: Tensor) =>
        y
          .sub(y.mean(0, true))
          .mul(normalize('inverseDeviation', y, 0, 1e-5))
          .exp()
      const loss = [1, 2, 3].reduce(y => marked(y, layer), x).sum()
      const { model } = compile(
        { outputs: { slope: derivative(loss, [x])[0] ?? x } },
        { device: 'cpu', precision: 'float32' },
      )
      const nodes = fromBinary(ModelProtoSchema, model).graph?.node ?? []
      const count = (type: string) => nodes.filter(({ opType }) => opType === type).length
      return { sqrt: count('Sqrt'), exp: count('Exp') }
    }
    expect(centred(whole)).toEqual({ sqrt: 3, exp: 3 })
    expect(centred(part)).toEqual({ sqrt: 3, exp: 5 })
  })

  test('may be read by another part of the model as well', async () => {
    const model = (marked: Marked) => (x: Tensor, w: Tensor) => {
      let inner = x
      const first = marked(x, x => {
        inner = x.matmul(w).sin()
        return inner.mul(x)
      })
      return marked(first.add(inner), y => y.matmul(w).cos().mul(inner)).sum()
    }
    expect(await valueAndGradients(model(part), given)).toEqual(await valueAndGradients(model(whole), given))
  })

  test('is no segment of its own inside another one', async () => {
    const model = (marked: Marked) => (x: Tensor, w: Tensor) =>
      [1, 2]
        .reduce(
          y =>
            marked(y, y =>
              marked(
                marked(y, z => z.matmul(w).sin()),
                z => z.matmul(w).cos(),
              ),
            ),
          x,
        )
        .sum()
    expect(await valueAndGradients(model(part), given)).toEqual(await valueAndGradients(model(whole), given))
  })
})
