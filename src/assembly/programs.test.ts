import { describe, expect, test } from 'vitest'
import { openEngine } from '../engine/node/engine.js'
import type { Learner } from '../methods/method.js'
import { simclr } from '../methods/simclr.js'
import { initialValues } from '../nn/initialise.js'
import { module } from '../nn/module.js'
import { filled, variable } from '../program/trace.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { configOf } from '../training/testing.js'
import type { RunConfig } from './config.js'
import { trainingProgram } from './programs.js'

const target = { device: 'cpu', precision: 'float32' } as const

/** A network of two numbers w and an adversary of two numbers d, both of which both losses flow through. */
async function train(
  step: (w: Tensor, d: Tensor) => { loss: Tensor; against: Tensor },
  { rate, learningRate = 0.1, steps = 1, ...changes }: Partial<RunConfig> & { rate?: number; steps?: number } = {},
) {
  const [w, d] = [1, 2].map(value => variable([2], filled(value)([2]))) as [Tensor, Tensor]
  const encoder = Object.assign(
    module({ w }, (x: Tensor) => x),
    { reads: 'image' as const, width: 2, features: (x: Tensor) => x, layers: ['w'], pool: 'mean' as const },
  )
  const judge = module({ d }, () => d)
  const learner: Learner = {
    kept: { encoder },
    heads: { judge },
    training: {
      step() {
        const { loss, against } = step(w, d)
        return { loss, chance: 1, adversary: { loss: against, modules: [judge], rate } }
      },
    },
    show: () => [],
  }
  const names = new Map([
    [w, 'encoder.w'],
    [d, 'judge.d'],
  ])
  const config = configOf('simclr', {}, { optimiser: 'sgd', ...changes })
  const { program, names: all } = trainingProgram({ method: simclr, learner, channels: {}, names }, config, target)
  const engine = openEngine({ ...target, threads: 1 })
  try {
    await engine.load('train', program)
    await engine.write(initialValues(all, 0))
    let norm = 0
    for (let i = 0; i < steps; i++) {
      const results = await engine.run('train', { learningRate: [learningRate], step: [i], progress: [0] })
      norm = Number(results.gradientNorm?.[0])
    }
    const after = await engine.read()
    const of = (name: string) => Array.from(after.get(name) ?? [], Number)
    return { w: of('encoder.w'), d: of('judge.d'), norm }
  } finally {
    await engine.close()
  }
}

const opposed = (w: Tensor, d: Tensor) => ({ loss: w.mul(d).sum(), against: w.mul(d).sum().mul(-3) })
const apart = (w: Tensor, d: Tensor) => ({
  loss: w.square().sum(),
  against: d
    .mul(constant([1, 5]))
    .square()
    .sum(),
})

describe('an adversary', () => {
  test('climbs by its own loss while the rest descends by the other, both from where they were', async () => {
    const { w, d, norm } = await train(opposed)
    for (const value of w) expect(value).toBeCloseTo(1 - 0.1 * 1.9 * 2, 6) // Nesterov's first step is 1.9 gradients
    for (const value of d) expect(value).toBeCloseTo(2 + 0.1 * 1.9 * 3, 6)
    expect(norm).toBeCloseTo(Math.sqrt(8), 5)
  })

  test('has its gradients clipped on their own', async () => {
    const { w, d } = await train(opposed, { clip: 1 })
    expect(w[0]).toBeCloseTo(1 - 0.1 * 1.9 * Math.SQRT1_2, 6)
    expect(d[0]).toBeCloseTo(2 + 0.1 * 1.9 * Math.SQRT1_2, 6)
  })

  test.each(['sgd', 'adamw', 'lars'] as const)(
    'at half the rate moves as with half the learning rate: %s',
    async optimiser => {
      const options = { optimiser, weightDecay: 0.1, steps: 4 } as const
      const half = await train(apart, { ...options, rate: 0.5, learningRate: 0.02 })
      const whole = await train(apart, { ...options, learningRate: 0.01 })
      const fast = await train(apart, { ...options, learningRate: 0.02 })
      for (const [i, value] of half.d.entries()) expect(value).toBeCloseTo(whole.d[i] ?? Number.NaN, 5)
      expect(half.w).toEqual(fast.w)
      expect(half.d).not.toEqual(fast.d)
    },
  )
})
