import { describe, expect, test } from 'vitest'
import { evaluate } from '../engine/testing.js'
import type { Shape } from '../tensor/shape.js'
import { input, type Tensor } from '../tensor/tensor.js'
import { compile } from './compile.js'
import { inPieces } from './in-pieces.js'
import type { LoopBody, Node } from './onnx/model.js'

/** `y = Operator(a, b)` */
function node(line: string): Node {
  const [, y = '', operator = '', inputs = ''] = /^(\S+) = (\w+)\((.*)\)$/.exec(line) ?? []
  return { operator, domain: '', inputs: inputs.split(', '), outputs: [y], attributes: {} }
}
const scalar = { name: 'c', type: 'float32', shape: [], bytes: new Uint8Array(4) } as const
const [LARGE, SMALL] = [
  [4, 1024, 1024],
  [4, 1024],
]

/** Operators of a program after it was cut, with those of each loop in brackets; `x` and `g` are made by products. */
function cut(lines: readonly string[], { shape = LARGE, outputs = [] as string[], shapes = {} } = {}) {
  const nodes = ['x = MatMul(a, b)', 'g = MatMul(a, b)', ...lines].map(node)
  const known = new Map<string, Shape>(
    ['variable', ...nodes.flatMap(node => node.outputs)].map(name => [
      name,
      (shapes as Record<string, Shape>)[name] ?? shape,
    ]),
  )
  const wide = { ...scalar, name: 'wide', shape: [1, 1] }
  const ints = (values: readonly number[]) => values.join()
  const found = inPieces({ nodes, initializers: [scalar, wide], shapes: known, outputs: new Set(outputs), ints })
  const shown = ({ operator, attributes: { body } }: Node): string =>
    body === undefined ? operator : `[${(body as LoopBody).nodes.map(shown).join(' ')}]`
  return found
    .slice(2)
    .filter(({ operator }) => operator !== 'Reshape')
    .map(shown)
    .join(' ')
}

describe('operators on large tensors stand in a loop', () => {
  const slope = ['u = Mul(x, c)', 'e = Exp(u)', 'd = Div(u, e)', 'y = Mul(g, d)', 'z = MatMul(y, b)']

  test('when they follow on one another', () => {
    expect(cut(slope)).toBe('[Mul Exp Div Mul] MatMul')
  })

  test('up to what is read elsewhere as well, or is what the program is asked for', () => {
    expect(cut([...slope, 'w = MatMul(d, b)'])).toBe('[Mul Exp Div] Mul MatMul MatMul')
    expect(cut([...slope, 'w = MatMul(u, b)'])).toBe('Mul [Exp Div Mul] MatMul MatMul')
    expect(cut(slope, { outputs: ['y'] })).toBe('[Mul Exp Div] Mul MatMul')
  })

  test('each in one of them, with what stands between staying where it is', () => {
    const lines = ['a1 = Mul(x, c)', 'a2 = Neg(a1)', 'a3 = Exp(a2)', 'm = MatMul(a3, b)']
    expect(cut([...lines, 'b1 = Mul(m, c)', 'b2 = Neg(b1)', 'b3 = Exp(b2)', 'z = MatMul(b3, b)'])).toBe(
      '[Mul Neg Exp] MatMul [Mul Neg Exp] MatMul',
    )
  })

  test('but not where they are few, small, or read what is not as large', () => {
    expect(cut(['u = Mul(x, c)', 'y = Exp(u)', 'z = MatMul(y, b)'])).toBe('Mul Exp MatMul')
    expect(cut(slope, { shape: SMALL })).not.toContain('[')
    expect(cut(slope, { shapes: { g: [1, 1024, 1024] } })).toBe('[Mul Exp Div] Mul MatMul')
    expect(cut(slope, { shape: [2_097_169] }), 'a prime').not.toContain('[')
    const ofTwoAxes = slope.map(line => line.replace('c)', 'wide)'))
    expect(cut(ofTwoAxes), 'a number with more axes than a piece').toBe('Mul [Exp Div Mul] MatMul')
  })

  test('nor where they read a variable, which may be written over', () => {
    const read = slope.map(line => line.replace('(x,', '(variable,'))
    expect(cut(read)).toBe('Mul [Exp Div Mul] MatMul')
  })
})

test('the numbers are those of all at once, to the bit', async () => {
  const size = 2 ** 21
  const values = Array.from({ length: size + 1 }, (_, i) => Math.fround(Math.sin(i) * 6))
  const of = (x: Tensor) => {
    const u = x.mul(1).abs() // made within the program
    const y = u.div(u.square().exp()).mul(0.5).add(u.erf()).sub(0.25)
    return { y: y.sum().add(0), all: y.flip(0) }
  }
  // one more cannot be cut into equal pieces
  const isCut = (count: number) => {
    const { model } = compile({ outputs: of(input('x', [count])) }, { device: 'cpu', precision: 'float32' })
    return new TextDecoder('latin1').decode(model).includes('Scan')
  }
  expect([size, size + 1].map(isCut)).toEqual([true, false])
  const whole = await evaluate(of, [{ shape: [size + 1], values }], { precision: 'float32' })
  const pieces = await evaluate(of, [{ shape: [size], values: values.slice(0, size) }], { precision: 'float32' })
  expect(pieces.all).toEqual(whole.all?.slice(1))
})
