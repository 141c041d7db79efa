import { array, type Given } from '../../engine/testing.js'
import { topological } from '../derivative.js'
import type { ConvolutionAttributes, InputsOf, Primitive, TensorOf } from '../primitives.js'
import { range, type Shape, sizeOf } from '../shape.js'
import type { Tensor } from '../tensor.js'

type Numbers<Operands extends readonly unknown[]> = { readonly [I in keyof Operands]: Given }

/** From the numbers of the operands to the numbers of the result; bool is 0 and 1. */
type Rule<P extends Primitive> = (operands: Numbers<InputsOf<P>>, t: TensorOf<P>) => Given

type Index = readonly number[]

const elementwise =
  <P extends Primitive>(f: (...x: number[]) => number): Rule<P> =>
  (operands, t) =>
    make(t.shape, i => f(...(operands as readonly Given[]).map(x => at(x, i))))

const truth =
  (f: (a: number, b: number) => boolean) =>
  (a = 0, b = 0) =>
    f(a, b) ? 1 : 0

/** What every primitive means, as slowly and plainly as it can be written: the compiler wants a row for each. */
export const naive: { readonly [P in Primitive]: Rule<P> } = {
  input: (_, t) => missing(t),
  variable: (_, t) => missing(t),
  constant: (_, { shape, attributes }) => array(shape, attributes.values),

  neg: elementwise((x = 0) => -x),
  exp: elementwise(Math.exp),
  log: elementwise(Math.log),
  sqrt: elementwise(Math.sqrt),
  sin: elementwise(Math.sin),
  cos: elementwise(Math.cos),
  tanh: elementwise(Math.tanh),
  sigmoid: elementwise((x = 0) => 1 / (1 + Math.exp(-x))),
  erf: elementwise(erf),
  softplus: elementwise((x = 0) => (x > 30 ? x : Math.log1p(Math.exp(x)))),
  step: elementwise((x = 0) => (x > 0 ? 1 : 0)),
  relu: elementwise((x = 0) => Math.max(x, 0)),
  gelu: elementwise((x = 0) => (x / 2) * (1 + erf(x / Math.SQRT2))),
  abs: elementwise(Math.abs),
  sign: elementwise(Math.sign),
  floor: elementwise(Math.floor),
  not: elementwise((x = 0) => 1 - x),
  cast: ([x], { shape, attributes: { to } }) =>
    make(shape, i => (to === 'float' ? at(x, i) : to === 'bool' ? Number(at(x, i) !== 0) : Math.trunc(at(x, i)))),
  stopGradient: ([x]) => x,
  segment: ([x]) => x,
  after: ([x]) => x,

  add: elementwise((a = 0, b = 0) => a + b),
  sub: elementwise((a = 0, b = 0) => a - b),
  mul: elementwise((a = 0, b = 0) => a * b),
  div: ([a, b], { shape, dtype }) =>
    make(shape, i => (dtype === 'int' ? Math.trunc(at(a, i) / at(b, i)) : at(a, i) / at(b, i))),
  pow: elementwise(Math.pow),
  maximum: elementwise(Math.max),
  minimum: elementwise(Math.min),
  less: elementwise(truth((a, b) => a < b)),
  equal: elementwise(truth((a, b) => a === b)),
  and: elementwise(truth((a, b) => a === 1 && b === 1)),
  or: elementwise(truth((a, b) => a === 1 || b === 1)),
  where: elementwise((condition = 0, a = 0, b = 0) => (condition === 1 ? a : b)),

  sum: ([x], t) => byGroup(x, t.attributes.axes, t.shape, group => [sum(group)]),
  mean: ([x], t) => byGroup(x, t.attributes.axes, t.shape, group => [mean(group)]),
  max: ([x], t) => byGroup(x, t.attributes.axes, t.shape, group => [Math.max(...group)]),
  logSumExp: ([x], t) => byGroup(x, t.attributes.axes, t.shape, group => [logSumExp(group)]),
  softmax: ([x], t) =>
    byGroup(x, [t.attributes.axis], t.shape, group => group.map(v => Math.exp(v - logSumExp(group)))),
  logSoftmax: ([x], t) => byGroup(x, [t.attributes.axis], t.shape, group => group.map(v => v - logSumExp(group))),
  normalize: ([x], { shape, attributes: { axes, epsilon } }) =>
    byGroup(x, axes, shape, group => group.map(v => (v - mean(group)) / Math.sqrt(variance(group) + epsilon))),
  inverseDeviation: ([x], { shape, attributes: { axes, epsilon } }) =>
    byGroup(x, axes, shape, group => [1 / Math.sqrt(variance(group) + epsilon)]),
  scaleShift: ([x, scale, shift], { shape }) =>
    make(shape, i => at(x, i) * at(scale, [i[1] ?? 0]) + at(shift, [i[1] ?? 0])),
  batchNormalize: ([x, scale, shift], { shape, attributes: { epsilon } }) => {
    const others = shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]))
    const normal = byGroup(x, others, shape, group =>
      group.map(v => (v - mean(group)) / Math.sqrt(variance(group) + epsilon)),
    )
    return make(shape, i => at(normal, i) * at(scale, [i[1] ?? 0]) + at(shift, [i[1] ?? 0]))
  },
  cumsum: ([x], { shape, attributes: { axis, reverse } }) =>
    byGroup(x, [axis], shape, group => group.map((_, i) => sum(reverse ? group.slice(i) : group.slice(0, i + 1)))),
  argmax: ([x], t) => byGroup(x, [t.attributes.axis], t.shape, group => [group.indexOf(Math.max(...group))]),
  topK: ([x], t) =>
    byGroup(x, [t.rank - 1], t.shape, group =>
      [...group.keys()].sort((i, j) => (group[j] ?? 0) - (group[i] ?? 0)).slice(0, t.attributes.k),
    ),

  reshape: ([x], { shape }) => array(shape, x.values),
  expand: ([x], { shape }) => make(shape, i => at(x, i)),
  transpose: ([x], { shape, attributes: { permutation } }) =>
    make(shape, i =>
      at(
        x,
        x.shape.map((_, axis) => i[permutation.indexOf(axis)] ?? 0),
      ),
    ),
  slice: ([x], { shape, attributes: { axis, start, step } }) =>
    make(shape, i => at(x, i.with(axis, start + step * (i[axis] ?? 0)))),
  pad: ([x], { shape, attributes: { axis, before, value } }) =>
    make(shape, i => {
      const place = (i[axis] ?? 0) - before
      return place >= 0 && place < (x.shape[axis] ?? 0) ? at(x, i.with(axis, place)) : value
    }),
  concat: (operands, { shape, attributes: { axis } }) =>
    make(shape, i => {
      let place = i[axis] ?? 0
      for (const x of operands) {
        const size = x.shape[axis] ?? 0
        if (place < size) return at(x, i.with(axis, place))
        place -= size
      }
      return Number.NaN
    }),
  upsample: ([x], { shape, attributes: { factor } }) =>
    make(shape, ([n = 0, c = 0, row = 0, column = 0]) =>
      at(x, [n, c, Math.floor(row / factor), Math.floor(column / factor)]),
    ),
  windowSum: ([x], { shape, attributes: { factor } }) =>
    collect(shape, add => {
      for (const [n = 0, c = 0, row = 0, column = 0] of allIndices(x.shape))
        add([n, c, Math.floor(row / factor), Math.floor(column / factor)], at(x, [n, c, row, column]))
    }),
  gather: ([x, indices], { shape, attributes: { axis } }) =>
    make(shape, i => {
      const end = axis + indices.shape.length
      return at(x, [...i.slice(0, axis), at(indices, i.slice(axis, end)), ...i.slice(end)])
    }),
  scatterAdd: ([x, indices], { shape }) =>
    collect(shape, add => {
      const rank = indices.shape.length
      for (const i of allIndices(x.shape)) add([at(indices, i.slice(0, rank)), ...i.slice(rank)], at(x, i))
    }),
  takeRows: ([x, rows], { shape }) => make(shape, ([n = 0, k = 0, ...place]) => at(x, [n, at(rows, [n, k]), ...place])),
  addRows: ([x, rows], { shape }) =>
    collect(shape, add => {
      for (const [n = 0, k = 0, ...place] of allIndices(x.shape))
        add([n, at(rows, [n, k]), ...place], at(x, [n, k, ...place]))
    }),
  takeAlong: ([x, indices], { shape, attributes: { axis } }) => make(shape, i => at(x, i.with(axis, at(indices, i)))),
  putAlong: ([x, indices], { shape, attributes: { axis } }) =>
    collect(shape, add => {
      for (const i of allIndices(x.shape)) add(i.with(axis, at(indices, i)), at(x, i))
    }),

  gru: ([x, weight, recurrent, bias, recurrentBias], { shape }) => {
    const [, length = 1, hidden = 1] = shape
    const sigmoid = (v: number) => 1 / (1 + Math.exp(-v))
    const states = new Map<string, number>()
    const state = (n: number, t: number, i: number) => states.get(`${n},${t},${i}`) ?? 0
    for (const [n = 0, t = 0, i = 0] of allIndices(shape)) {
      const own = (row: number) =>
        at(bias, [row]) + sum(range(x.shape[2] ?? 0).map(c => at(weight, [row, c]) * at(x, [n, t, c])))
      const found = (row: number) =>
        at(recurrentBias, [row]) + sum(range(hidden).map(c => at(recurrent, [row, c]) * state(n, t - 1, c)))
      const [reset, keep] = [i, hidden + i].map(row => sigmoid(own(row) + found(row))) as [number, number]
      const candidate = Math.tanh(own(2 * hidden + i) + reset * found(2 * hidden + i))
      states.set(`${n},${t},${i}`, (1 - keep) * candidate + keep * state(n, t - 1, i))
    }
    return make([shape[0] ?? 1, length, hidden], ([n = 0, t = 0, i = 0]) => state(n, t, i))
  },

  matmul: ([a, b], { shape, attributes: { transposeA, transposeB } }) =>
    make(shape, i => {
      const [batch, row, column] = [i.slice(0, -2), i.at(-2) ?? 0, i.at(-1) ?? 0]
      let total = 0
      for (let k = 0; k < (a.shape.at(transposeA ? -2 : -1) ?? 0); k++)
        total +=
          at(a, [...batch, ...(transposeA ? [k, row] : [row, k])]) *
          at(b, [...batch, ...(transposeB ? [column, k] : [k, column])])
      return total
    }),
  conv: ([x, weight], { shape, attributes }) =>
    collect(shape, add => {
      for (const [i, j, k] of contacts(x.shape, weight.shape, shape, attributes)) add(k, at(x, i) * at(weight, j))
    }),
  convInput: ([output, weight], { shape, attributes }) =>
    collect(shape, add => {
      for (const [i, j, k] of contacts(shape, weight.shape, output.shape, attributes))
        add(i, at(output, k) * at(weight, j))
    }),
  convWeight: ([x, output], { shape, attributes }) =>
    collect(shape, add => {
      for (const [i, j, k] of contacts(x.shape, shape, output.shape, attributes)) add(j, at(x, i) * at(output, k))
    }),
}

/** The numbers of a tensor, given those of its inputs and variables. */
export function interpret(root: Tensor, given: ReadonlyMap<Tensor, Given>): Given {
  const known = new Map(given)
  for (const t of topological([root])) {
    if (known.has(t)) continue
    const operands = t.inputs.map(x => known.get(x) ?? missing(x))
    known.set(t, (naive[t.op] as (operands: readonly Given[], t: Tensor) => Given)(operands, t))
  }
  return known.get(root) ?? missing(root)
}

/** Which elements of input, weight and output a convolution brings together: y[k] += x[i] · w[j]. */
function* contacts(
  x: Shape,
  weight: Shape,
  output: Shape,
  { stride, padding, dilation, groups }: ConvolutionAttributes,
): Generator<[Index, Index, Index]> {
  const [outputs = 1, perGroup = 1] = weight
  for (const k of allIndices(output)) {
    const [n = 0, o = 0, ...place] = k
    for (const j of allIndices([1, ...weight.slice(1)])) {
      const [, c = 0, ...within] = j
      const seen = place.map(
        (p, a) => p * (stride[a] ?? 1) - (padding[a]?.[0] ?? 0) + (within[a] ?? 0) * (dilation[a] ?? 1),
      )
      if (seen.some((p, a) => p < 0 || p >= (x[a + 2] ?? 0))) continue
      const group = Math.floor(o / (outputs / groups))
      yield [[n, group * perGroup + c, ...seen], [o, c, ...within], k]
    }
  }
}

/** Applies f to the elements that differ only in their place along the axes; it gives all of the new ones. */
function byGroup(x: Given, axes: Shape, shape: Shape, f: (group: number[]) => number[]): Given {
  const key = (i: Index) => i.filter((_, axis) => !axes.includes(axis)).join()
  const groups = new Map<string, number[]>()
  for (const i of allIndices(x.shape)) groups.set(key(i), [...(groups.get(key(i)) ?? []), at(x, i)])
  const results = new Map([...groups].map(([name, group]) => [name, f(group)]))
  return make(shape, i => results.get(key(i))?.shift() ?? Number.NaN)
}

function* allIndices(shape: Shape): Generator<number[]> {
  for (let flat = 0; flat < sizeOf(shape); flat++) {
    let rest = flat
    yield shape
      .toReversed()
      .map(size => {
        const place = rest % size
        rest = Math.floor(rest / size)
        return place
      })
      .reverse()
  }
}

const make = (shape: Shape, value: (i: number[]) => number): Given => array(shape, [...allIndices(shape)].map(value))

/** An element; what is broadcast is read at 0. */
function at({ shape, values }: Given, index: Index): number {
  const own = index.slice(index.length - shape.length)
  const flat = shape.reduce((place, size, axis) => place * size + (size === 1 ? 0 : (own[axis] ?? 0)), 0)
  const value = values[flat]
  if (value === undefined) throw new Error(`nothing at [${index}] of [${shape}]`)
  return value
}

function collect(shape: Shape, fill: (add: (i: Index, value: number) => void) => void): Given {
  const values = new Float64Array(sizeOf(shape))
  fill((i, value) => {
    const flat = shape.reduce((place, size, axis) => place * size + (i[axis] ?? 0), 0)
    values[flat] = (values[flat] ?? 0) + value
  })
  return array(shape, values)
}

/** 2/√π ∫ e^(−t²) dt from 0 to x, by Simpson's rule. */
function erf(x = 0): number {
  const n = 2000
  const end = Math.max(-6, Math.min(6, x))
  let total = 1 + Math.exp(-end * end)
  for (let i = 1; i < n; i++) total += (i % 2 === 1 ? 4 : 2) * Math.exp(-(((end * i) / n) ** 2))
  return ((2 / Math.sqrt(Math.PI)) * total * end) / n / 3
}

const sum = (x: readonly number[]): number => x.reduce((total, v) => total + v, 0)
const mean = (x: readonly number[]): number => sum(x) / x.length
const variance = (x: readonly number[]): number => mean(x.map(v => (v - mean(x)) ** 2))
const logSumExp = (x: readonly number[]): number => {
  const most = Math.max(...x)
  return most === -Infinity ? most : most + Math.log(sum(x.map(v => Math.exp(v - most))))
}

function missing(t: Tensor): never {
  throw new Error(`${t.op} [${t.shape}] was not given`)
}
