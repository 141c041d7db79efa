import { expect, test } from 'vitest'
import { openEngine } from '../engine/node/engine.js'
import { maxAbs, randomArray } from '../engine/testing.js'
import { compile } from '../program/compile.js'
import { filled, trace, variable } from '../program/trace.js'
import { derivative, topological } from '../tensor/derivative.js'
import type { VariableRole } from '../tensor/primitives.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import {
  adamW,
  clipFactor,
  globalNorm,
  lars,
  type Optimiser,
  type StepOptions,
  sgd,
  type Trained,
} from './optimisers.js'

const STEPS = 5
const rates = [0.1, 0.05, 0.2, 0.1, 0.01]
const target = randomArray([2, 3]).values
const scales = randomArray([2, 3], { seed: 2, low: 0.5, high: 2 }).values
const first = randomArray([2, 3], { seed: 3 }).values
const firstBias = randomArray([3], { seed: 4 }).values
const firstRows = randomArray([2], { seed: 5 }).values

/** A quadratic in a weight [2, 3], a bias [3] and one for each row [2, 1]: L = Σ s·(w + b + r − t)². */
function problem(weight: Tensor, bias: Tensor, rows: Tensor): Tensor {
  const distance = weight
    .add(bias)
    .add(rows)
    .sub(constant(target, [2, 3]))
  return distance
    .square()
    .mul(constant(scales, [2, 3]))
    .sum()
}

/** Its gradients, by hand. */
function gradients(weight: readonly number[], bias: readonly number[], rows: readonly number[]): Three {
  const at = (i: number) => (weight[i] ?? 0) + (bias[i % 3] ?? 0) + (rows[Math.floor(i / 3)] ?? 0)
  const ofWeight = weight.map((_, i) => 2 * (scales[i] ?? 0) * (at(i) - (target[i] ?? 0)))
  const sumOf = (places: readonly number[]) => places.reduce((sum, i) => sum + (ofWeight[i] ?? 0), 0)
  return [ofWeight, bias.map((_, j) => sumOf([j, j + 3])), rows.map((_, i) => sumOf([3 * i, 3 * i + 1, 3 * i + 2]))]
}
type Three = [weight: number[], bias: number[], rows: number[]]

interface Prepared {
  readonly trained: Trained[]
  readonly options?: StepOptions
}

/** All three after the steps of the program. */
async function byProgram(
  optimiser: Optimiser,
  prepare: (trained: Trained[]) => Prepared = trained => ({ trained }),
  role: VariableRole = 'bias',
) {
  const variables = {
    weight: variable([2, 3], filled(0)([2, 3])),
    bias: variable([3], filled(0)([3]), role),
    rows: variable([2, 1], filled(0)([2, 1]), role),
  }
  const { weight, bias, rows } = variables
  const { result: loss, trace: traced } = trace({ training: true }, () => problem(weight, bias, rows))
  const found = derivative(loss, Object.values(variables))
  const { trained, options } = prepare(
    Object.entries(variables).map(([name, variable], i) => ({ name, variable, gradient: found[i] ?? loss })),
  )
  const optimised = optimiser(trained, options)
  const engine = openEngine({ device: 'cpu', precision: 'float64', threads: 1 })
  await engine.load(
    'step',
    compile(
      {
        outputs: { loss },
        updates: new Map([...traced.updates, ...optimised.updates]),
        names: new Map([[weight, 'weight'], [bias, 'bias'], [rows, 'rows'], ...optimised.names]),
      },
      { device: 'cpu', precision: 'float64' },
    ),
  )
  await engine.write(
    new Map([
      ['weight', first],
      ['bias', firstBias],
      ['rows', firstRows],
    ]),
  )
  for (let step = 0; step < STEPS; step++) await engine.run('step', { learningRate: [rates[step] ?? 0], step: [step] })
  const state = await engine.read()
  await engine.close()
  return state
}

/** One parameter tensor's rule as a loop over its numbers: new values from old ones. */
type Rule = (
  w: number[],
  g: number[],
  memory: Record<string, number[]>,
  rate: number,
  step: number,
  decays: boolean,
) => number[]

function byLoop(rule: Rule, prepare = (gradients: Three) => gradients): Three {
  let all: Three = [[...first], [...firstBias], [...firstRows]]
  const memories: Record<string, number[]>[] = [{}, {}, {}]
  for (let step = 0; step < STEPS; step++) {
    const found = prepare(gradients(...all))
    const next = (i: 0 | 1 | 2) => rule(all[i], found[i], memories[i] ?? {}, rates[step] ?? 0, step, i === 0)
    all = [next(0), next(1), next(2)]
  }
  return all
}

async function agree(optimiser: Optimiser, rule: Rule) {
  same(await byProgram(optimiser), byLoop(rule))
}

function same(state: ReadonlyMap<string, ArrayLike<number | bigint>>, [weight, bias, rows]: Three): void {
  expect(difference(state.get('weight'), weight)).toBeLessThan(1e-12)
  expect(difference(state.get('bias'), bias)).toBeLessThan(1e-12)
  expect(difference(state.get('rows'), rows)).toBeLessThan(1e-12)
}

const difference = (actual: ArrayLike<number | bigint> | undefined, expected: readonly number[]): number =>
  maxAbs(expected.map((x, i) => Number(actual?.[i]) - x))

const length = (x: readonly number[]) => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0))

const momentumLoop =
  (momentum: number, nesterov: boolean, weightDecay: number): Rule =>
  (w, gradient, memory, rate, _, decays) => {
    const g = gradient.map((v, i) => v + (decays ? weightDecay * (w[i] ?? 0) : 0))
    const velocity = g.map((v, i) => momentum * (memory.velocity?.[i] ?? 0) + v)
    memory.velocity = velocity
    return w.map((v, i) => v - rate * (nesterov ? (g[i] ?? 0) + momentum * (velocity[i] ?? 0) : (velocity[i] ?? 0)))
  }

test('SGD with Nesterov momentum as a plain loop', () =>
  agree(sgd({ momentum: 0.8, nesterov: true, weightDecay: 0.1 }), momentumLoop(0.8, true, 0.1)))

test('SGD with heavy-ball momentum as a plain loop', () =>
  agree(sgd({ momentum: 0.8, nesterov: false, weightDecay: 0.1 }), momentumLoop(0.8, false, 0.1)))

test('AdamW as a plain loop', () =>
  agree(adamW({ beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.1 }), (w, g, memory, rate, step, decays) => {
    const mean = g.map((v, i) => 0.8 * (memory.mean?.[i] ?? 0) + 0.2 * v)
    const square = g.map((v, i) => 0.95 * (memory.square?.[i] ?? 0) + 0.05 * v * v)
    Object.assign(memory, { mean, square })
    return w.map((v, i) => {
      const m = (mean[i] ?? 0) / (1 - 0.8 ** (step + 1))
      const s = (square[i] ?? 0) / (1 - 0.95 ** (step + 1))
      return v * (1 - (decays ? rate * 0.1 : 0)) - (rate * m) / (Math.sqrt(s) + 1e-3)
    })
  }))

test('LARS as a plain loop: weights adapt and decay, biases do neither', () =>
  agree(lars({ momentum: 0.9, weightDecay: 0.1, trust: 0.02 }), (w, gradient, memory, rate, _, adapts) => {
    const g = gradient.map((v, i) => v + (adapts ? 0.1 * (w[i] ?? 0) : 0))
    const trust = adapts ? (0.02 * length(w)) / length(g) : 1
    const velocity = g.map((v, i) => 0.9 * (memory.velocity?.[i] ?? 0) + trust * v)
    memory.velocity = velocity
    return w.map((v, i) => v - rate * (velocity[i] ?? 0))
  }))

test.each([0.5, 1e6])('clipping to a common length of %d as a plain loop', async norm => {
  const plain = sgd({ momentum: 0, nesterov: false })
  const state = await byProgram(plain, trained => ({
    trained,
    options: { factor: clipFactor(globalNorm(trained), norm) },
  }))
  const clipped = byLoop(momentumLoop(0, false, 0), all => {
    const factor = Math.min(1, norm / length(all.flat()))
    return all.map(g => g.map(v => v * factor)) as Three
  })
  same(state, clipped)
})

test('small variables that do not decay move as one vector, others each for itself', () => {
  const joined = ([...shapes]: number[][], role: VariableRole) => {
    const trained = shapes.map((shape, i) => {
      const own = variable(shape, filled(0)(shape), role)
      return { name: `${i}`, variable: own, gradient: own }
    })
    const { updates } = adamW()(trained)
    return topological([...updates.values()]).filter(({ op }) => op === 'concat').length
  }
  expect(joined([[3], [2, 2], [1]], 'bias')).toBe(4) // values, gradients and two slots
  expect(joined([[3], [2, 2], [1]], 'weight')).toBe(0)
  expect(joined([[9000], [9000]], 'bias')).toBe(0)
  expect(joined([[9000], [3]], 'bias')).toBe(0)
})

test.each(['bias', 'gain', 'token', 'scale'] as const)('a variable of role %s does not decay', async role => {
  const shrinking = sgd({ momentum: 0, nesterov: false, weightDecay: 10 })
  const flat = (trained: Trained[]) => ({ trained: trained.map(t => ({ ...t, gradient: t.gradient.mul(0) })) })
  const state = await byProgram(shrinking, flat, role)
  expect(Array.from(state.get('bias') ?? [], Number)).toEqual(firstBias)
  expect(Array.from(state.get('rows') ?? [], Number)).toEqual(firstRows)
  // the weight does: w · Π (1 − 10·rate)
  const kept = rates.reduce((product, rate) => product * (1 - 10 * rate), 1)
  expect(
    difference(
      state.get('weight'),
      first.map(w => w * kept),
    ),
  ).toBeLessThan(1e-12)
})

test('LARS moves a weight of zeros, and one without gradient, as plain momentum does', async () => {
  const w = variable([2], filled(0)([2]))
  for (const [start, gradient, expected] of [
    [
      [0, 0],
      [1, 2],
      [-0.1, -0.2],
    ],
    [
      [1, 2],
      [0, 0],
      [1, 2],
    ],
  ] as const) {
    const { updates, names } = lars({ weightDecay: 0 })([{ name: 'w', variable: w, gradient: constant(gradient) }])
    const engine = openEngine({ device: 'cpu', precision: 'float64', threads: 1 })
    await engine.load(
      'step',
      compile({ outputs: {}, updates, names: new Map([[w, 'w'], ...names]) }, { device: 'cpu', precision: 'float64' }),
    )
    await engine.write(new Map([['w', start]]))
    await engine.run('step', { learningRate: [0.1] })
    expect(difference((await engine.read(['w'])).get('w'), expected)).toBeLessThan(1e-12)
    await engine.close()
  }
})

test.each([
  ['adamw', adamW()],
  ['sgd', sgd()],
  ['lars', lars()],
] as const)('%s keeps a variable within its limits, and lets it go back', async (_, optimiser) => {
  const bounded = variable([2], filled(0)([2]), 'scale', { limits: [-1, 2] })
  const pull = variable([2], filled(0)([2]), 'statistic')
  const { updates, names } = optimiser([{ name: 's', variable: bounded, gradient: pull }])
  const engine = openEngine({ device: 'cpu', precision: 'float64', threads: 1 })
  const all = new Map([[bounded, 's'], [pull, 'pull'], ...names])
  await engine.load('step', compile({ outputs: {}, updates, names: all }, { device: 'cpu', precision: 'float64' }))
  const at = async (values: [number, number], pulls: [number, number]) => {
    const slots = [...names.values()].map((slot): [string, number[]] => [slot, [0, 0]])
    await engine.write(new Map([...slots, ['s', values], ['pull', pulls]]))
    await engine.run('step', { learningRate: [0.5], step: [0] })
    return Array.from((await engine.read(['s'])).get('s') ?? [], Number)
  }
  expect(await at([1.9, -0.9], [-1, 1])).toEqual([2, -1])
  const [high = 0, low = 0] = await at([2, -1], [1, -1])
  expect(high).toBeLessThan(2)
  expect(low).toBeGreaterThan(-1)
  await engine.close()
})
