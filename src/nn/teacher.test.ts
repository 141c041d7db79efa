import { describe, expect, test } from 'vitest'
import { type Assembly, variablesNamed } from '../assembly/assemble.js'
import type { Engine } from '../engine/engine.js'
import { openEngine } from '../engine/node/engine.js'
import { relativeError } from '../engine/testing.js'
import type { Learner } from '../methods/method.js'
import { simclr } from '../methods/simclr.js'
import { scheduled, update, variable } from '../program/trace.js'
import { concat } from '../tensor/movement.js'
import type { Tensor } from '../tensor/tensor.js'
import { stepperOf } from '../training/stepper.js'
import { configOf } from '../training/testing.js'
import { initialValues } from './initialise.js'
import { module } from './module.js'
import { teacherOf } from './teacher.js'

const WIDTH = 3
const QUEUE = 4
const STEPS = 5
const RATE = 0.05

/**
 * A student w that moves towards its teacher's values less a centre, with a queue of what the teacher gave. Everything that
 * follows has a part in the loss.
 */
function made(momentum: number | 'scheduled'): Assembly {
  const grow = (uniform: () => number) => Float64Array.from({ length: WIDTH }, () => 1 + uniform())
  const make = () => {
    const w = variable([WIDTH], grow)
    return module({ w }, (x: Tensor) => x.mul(w))
  }
  const student = make()
  const teacher = teacherOf(student, make)
  const centre = variable([WIDTH], () => new Float64Array(WIDTH), 'statistic')
  const queue = variable([QUEUE, WIDTH], () => new Float64Array(QUEUE * WIDTH).fill(0.5), 'statistic')
  const encoder = Object.assign(student, {
    reads: 'image' as const,
    width: WIDTH,
    features: student,
    layers: ['w'],
    pool: 'mean' as const,
  })
  const learner: Learner = {
    kept: { encoder },
    heads: { memory: module({ centre, queue }, (x: Tensor) => x) },
    teachers: {
      teacher: {
        teacher,
        student: encoder,
        momentum: momentum === 'scheduled' ? scheduled('progress').mul(0.5).add(0.5) : momentum,
      },
    },
    training: {
      step(_, draw) {
        const x = draw.uniform([2, WIDTH], 1, 2)
        const target = teacher(x).stopGradient()
        const loss = encoder(x).sub(target.sub(centre)).square().mean().add(encoder(x).mul(queue.mean()).mean())
        update(centre, centre.mul(0.9).add(target.mean(0).mul(0.1)))
        update(queue, concat([queue.slice(0, 2), target]))
        return { loss, chance: 1 }
      },
    },
    show: () => [],
  }
  return { method: simclr, learner, channels: {}, names: variablesNamed(learner) }
}

const target = { device: 'cpu', precision: 'float64' } as const
const config = (chunk?: number) =>
  configOf('simclr', {}, { batch: 2, steps: STEPS, optimiser: 'sgd', learningRate: RATE, ...(chunk && { chunk }) })

async function train(assembly: Assembly, chunk?: number) {
  const stepper = stepperOf(assembly, config(chunk), target)
  const engine = openEngine({ ...target, threads: 1 })
  try {
    const stepping = await stepper.load(engine)
    await engine.write(initialValues(stepper.names, 3))
    const start = await engine.read()
    const losses: number[] = []
    const drawn: number[][] = []
    for (let step = 0; step < STEPS; step++) {
      const schedules = { learningRate: [RATE], step: [step], progress: [step / STEPS] }
      const feeds = stepping.draw({ seed: 0, step })
      drawn.push(...Object.values(feeds).map(values => Array.from(values, Number)))
      losses.push(Number((await stepping.take(feeds, schedules, { seed: 0, step })).loss?.[0]))
    }
    const of = (values: Awaited<ReturnType<Engine['read']>>, name: string) => Array.from(values.get(name) ?? [], Number)
    const end = await engine.read()
    return { losses, drawn, stepper, start: (name: string) => of(start, name), end: (name: string) => of(end, name) }
  } finally {
    await engine.close()
  }
}

/** The same in plain numbers: SGD with Nesterov momentum 0.9, as torch.optim.SGD. */
function naive(start: readonly number[], drawn: readonly (readonly number[])[], momentumAt: (step: number) => number) {
  const w = [...start]
  const teacher = [...start]
  const velocity = w.map(() => 0)
  let centre = w.map(() => 0)
  let queue = Array.from({ length: QUEUE }, () => w.map(() => 0.5))
  const losses = drawn.map((numbers, step) => {
    const x = [numbers.slice(0, WIDTH), numbers.slice(WIDTH)]
    const given = x.map(row => row.map((value, i) => value * (teacher[i] ?? 0)))
    const held = queue.flat().reduce((sum, value) => sum + value, 0) / (QUEUE * WIDTH)
    const gradient = w.map(() => 0)
    let loss = 0
    for (const [row, values] of x.entries())
      for (const [i, value] of values.entries()) {
        const error = value * (w[i] ?? 0) - ((given[row]?.[i] ?? 0) - (centre[i] ?? 0))
        loss += (error ** 2 + value * (w[i] ?? 0) * held) / (2 * WIDTH)
        gradient[i] = (gradient[i] ?? 0) + (2 * error * value + value * held) / (2 * WIDTH)
      }
    for (const [i, g] of gradient.entries()) {
      velocity[i] = 0.9 * (velocity[i] ?? 0) + g
      w[i] = (w[i] ?? 0) - RATE * (g + 0.9 * (velocity[i] ?? 0))
      teacher[i] = momentumAt(step) * (teacher[i] ?? 0) + (1 - momentumAt(step)) * (w[i] ?? 0)
    }
    centre = centre.map((value, i) => 0.9 * value + (0.1 * ((given[0]?.[i] ?? 0) + (given[1]?.[i] ?? 0))) / 2)
    queue = [...queue.slice(2), ...given]
    return loss
  })
  return { losses, w, teacher, centre, queue: queue.flat() }
}

describe.each([
  ['a momentum', 0.75, () => 0.75],
  ['a momentum that rises with the training', 'scheduled', (step: number) => 0.5 + (0.5 * step) / STEPS],
] as const)('a teacher with %s', (_, momentum, momentumAt) => {
  test('starts equal, follows, and gives a queue and a centre what a loop gives them', async () => {
    const { losses, drawn, start, end } = await train(made(momentum))
    expect(start('teacher.w')).toEqual(start('encoder.w'))
    const expected = naive(start('encoder.w'), drawn, momentumAt)
    expect(relativeError(losses, expected.losses)).toBeLessThan(1e-12)
    expect(relativeError(end('encoder.w'), expected.w)).toBeLessThan(1e-12)
    expect(relativeError(end('teacher.w'), expected.teacher)).toBeLessThan(1e-12)
    expect(relativeError(end('memory.centre'), expected.centre)).toBeLessThan(1e-12)
    expect(relativeError(end('memory.queue'), expected.queue)).toBeLessThan(1e-12)
  })
})

test('a teacher is in the checkpoint, and has no optimiser state', async () => {
  const { stepper } = await train(made(0.9))
  expect(stepper.state.map(({ name }) => name).toSorted()).toEqual([
    'encoder.w',
    'memory.centre',
    'memory.queue',
    'optimiser.momentum.encoder.w',
    'teacher.w',
  ])
})

test('in chunks the teacher follows once a step', async () => {
  const momentum = 0.5
  const { start, end } = await train(made(momentum), 1)
  expect(end('teacher.w')).not.toEqual(start('teacher.w'))
  const one = await train(made(0), 1)
  expect(one.end('teacher.w')).toEqual(one.end('encoder.w')) // of momentum 0: what the student is after the step
})

test('a teacher that is made otherwise is refused', () => {
  const make = (width: number) => module({ w: variable([width], () => new Float64Array(width)) }, (x: Tensor) => x)
  expect(() => teacherOf(make(2), () => make(3))).toThrow('w differs')
})
