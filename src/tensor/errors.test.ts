import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { linear } from '../nn/layers.js'
import { module } from '../nn/module.js'
import { derivative } from './derivative.js'
import { where } from './elementwise.js'
import { addRows, scatterAdd, takeRows } from './indexing.js'
import { concat } from './movement.js'
import { within } from './scope.js'
import { broadcast, type Shape, showShape } from './shape.js'
import { constant, input, type Tensor } from './tensor.js'

const shape = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 })
const of = (sizes: Shape, dtype?: Tensor['dtype']) => input('x', sizes, dtype)

/** The message of what `build` throws; nothing when it does not. */
function messageOf(build: () => unknown): string | undefined {
  try {
    build()
    return undefined
  } catch (error) {
    return error instanceof Error ? `${error.name} ${error.message}` : `${error}`
  }
}

/** Every pair of shapes that the operation refuses is named in its message; every other pair works. */
function namesBoth(operation: string, fits: (a: Shape, b: Shape) => boolean, build: (a: Shape, b: Shape) => unknown) {
  test(`${operation}: wrong shapes are named, right ones work`, () => {
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        const message = messageOf(() => build(a, b))
        if (fits(a, b)) expect(message).toBeUndefined()
        else {
          expect(message).toMatch(new RegExp(`^ShapeError ${operation}: `))
          expect(message).toContain(showShape(a))
          expect(message).toContain(showShape(b))
        }
      }),
      { numRuns: 200 },
    )
  })
}

const together = (a: Shape, b: Shape) => broadcast(a, b) !== undefined
const product = (sizes: Shape) => sizes.reduce((p, size) => p * size, 1)

describe('two shapes', () => {
  for (const op of ['add', 'sub', 'mul', 'div', 'pow', 'maximum', 'minimum', 'less', 'equal'] as const)
    namesBoth(op, together, (a, b) => of(a)[op](of(b)))
  for (const op of ['and', 'or'] as const) namesBoth(op, together, (a, b) => of(a, 'bool')[op](of(b, 'bool')))
  namesBoth('where', together, (a, b) => where(of(a, 'bool'), of(b), 0))
  namesBoth(
    'matmul',
    (a, b) =>
      a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && together([...a.slice(0, -2), 1], [...b.slice(0, -2), 1]),
    (a, b) => of(a).matmul(of(b)),
  )
  namesBoth(
    'reshape',
    (a, b) => product(a) === product(b),
    (a, b) => of(a).reshape(...b),
  )
  namesBoth(
    'expand',
    (a, b) => showShape(broadcast(a, b) ?? []) === showShape(b),
    (a, b) => of(a).expand(...b),
  )
  namesBoth(
    'concat',
    (a, b) => showShape(a.slice(1)) === showShape(b.slice(1)),
    (a, b) => concat([of(a), of(b)]),
  )
  namesBoth(
    'takeAlong',
    (a, b) => a.length === b.length && showShape(a.slice(0, -1)) === showShape(b.slice(0, -1)),
    (a, b) => of(a).takeAlong(of(b, 'int')),
  )
  namesBoth(
    'scatterAdd',
    (a, b) => showShape(a.slice(0, b.length)) === showShape(b),
    (a, b) => scatterAdd(of(a), of(b, 'int'), 5),
  )
  namesBoth(
    'takeRows',
    (a, b) => b.length === 2 && a.length >= 2 && a[0] === b[0],
    (a, b) => takeRows(of(a), of(b, 'int')),
  )
  namesBoth(
    'addRows',
    (a, b) => b.length === 2 && a.length >= 2 && showShape(a.slice(0, 2)) === showShape(b),
    (a, b) => addRows(of(a), of(b, 'int'), 5),
  )
  namesBoth(
    'conv',
    ([, c = 0, ...spatial], [, perGroup, ...kernel]) =>
      spatial.length > 0 &&
      spatial.length === kernel.length &&
      c === perGroup &&
      spatial.every((size, i) => size >= (kernel[i] ?? 0)),
    (a, b) => of(a).conv(of(b)),
  )
})

describe('one shape', () => {
  test.each<[string, (x: Tensor) => unknown]>([
    ['sum: no axis 3 in [2, 3, 4]', x => x.sum(3)],
    ['sum: axis 1 twice', x => x.sum([1, -2])],
    ['softmax: no axis -4 in [2, 3, 4]', x => x.softmax(-4)],
    ['slice: nothing between 2 and 2 along axis 0 of [2, 3, 4]', x => x.slice(0, 2, 2)],
    ['slice: nothing between -5 and the end along axis 1 of [2, 3, 4]', x => x.slice(1, -5)],
    ['transpose: [0, 0, 1] is no order of the axes of [2, 3, 4]', x => x.transpose(0, 0, 1)],
    ['reshape: [2, 3, 4] has 24 elements, [5, -1] does not', x => x.reshape(5, -1)],
    ['reshape: [2, 3, 4] has 24 elements, [-2, -12] does not', x => x.reshape(-2, -12)],
    ['topK: k is 5, but there are 4 to choose from', x => x.topK(5)],
    ['pad: cannot pad by -1 and 0', x => x.pad(0, -1, 0)],
    ['T: two axes expected, got [4]', () => of([4]).T],
    ['derivative: a scalar loss expected, got [2, 3, 4]', x => derivative(x, [x])],
    ['concat: nothing to join', () => concat([])],
  ])('%s', (message, build) => {
    expect(messageOf(() => build(of([2, 3, 4])))).toContain(message)
  })
})

describe('types', () => {
  const [float, int, bool] = [of([2]), of([2], 'int'), of([2], 'bool')]
  test.each<[string, () => unknown]>([
    ['add: types differ: float · int', () => float.add(int)],
    ['add: numbers expected, got bool', () => bool.add(bool)],
    ['neg: numbers expected, got bool', () => bool.neg()],
    ['exp: float expected, got int', () => int.exp()],
    ['and: bool expected, got int', () => int.and(int)],
    ['not: bool expected, got float', () => float.not()],
    ['where: a bool condition expected, got float', () => where(float, float, float)],
    ['gather: int indices expected, got float', () => float.gather(float)],
    ['sum: numbers expected, got bool', () => bool.sum()],
    ['mean: float expected, got int', () => int.mean()],
    ['softmax: float expected, got int', () => int.softmax()],
    ['matmul: float expected, got int', () => of([2, 2], 'int').matmul(of([2, 2]))],
    ['conv: float expected, got uint8', () => of([1, 3, 8, 8], 'uint8').conv(of([1, 3, 2, 2]))],
  ])('%s', (message, build) => {
    expect(messageOf(build)).toContain(message)
  })
})

describe('the place in the model', () => {
  test('is named from the outside in', () => {
    const fc2 = linear(5, 2)
    const mlp = module({ fc1: linear(3, 4), fc2 }, (x: Tensor) => fc2(x))
    const block = module({ mlp }, (x: Tensor) => mlp(x))
    const model = module({ block }, (x: Tensor) => block(x))
    expect(messageOf(() => model(of([7, 3])))).toBe(
      'ShapeError matmul: inner sizes differ: [7, 3] · [2, 5] (at block.mlp.fc2)',
    )
  })

  test('is forgotten after an error, and outside', () => {
    expect(
      messageOf(() =>
        within('loss', () =>
          constant(1)
            .add(of([2]))
            .sum(9),
        ),
      ),
    ).toContain('(at loss)')
    expect(messageOf(() => of([2]).sum(9))).toBe('ShapeError sum: no axis 9 in [2]')
  })
})
