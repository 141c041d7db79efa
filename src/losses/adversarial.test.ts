import { expect, test } from 'vitest'
import { array, evaluate, gradientError, randomArray } from '../engine/testing.js'
import { adversarialLosses } from './adversarial.js'

const run = async (onTrue: number[], onGuessed: number[], precision: 'float32' | 'float64' = 'float64') => {
  const given = [onTrue, onGuessed].map(values => array([values.length, 1], values))
  const results = await evaluate((a, b) => ({ ...adversarialLosses(a, b) }), given, { precision })
  return { discriminator: results.discriminator?.[0] ?? Number.NaN, guesser: results.guesser?.[0] ?? Number.NaN }
}

test('who cannot tell: 2 ln 2 for the discriminator, ln 2 for the guesser', async () => {
  const { discriminator, guesser } = await run([0, 0, 0], [0, 0])
  expect(discriminator).toBeCloseTo(1.38629, 5)
  expect(guesser).toBeCloseTo(Math.LN2, 12)
})

test('as written, with D the sigmoid', async () => {
  const [onTrue, onGuessed] = [
    [1, -2],
    [0.5, 3],
  ]
  const d = (logit: number) => 1 / (1 + Math.exp(-logit))
  const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length
  const { discriminator, guesser } = await run(onTrue, onGuessed)
  const expected = mean(onTrue.map(l => -Math.log(d(l)))) + mean(onGuessed.map(l => -Math.log(1 - d(l))))
  expect(discriminator).toBeCloseTo(expected, 12)
  expect(guesser).toBeCloseTo(mean(onGuessed.map(l => -Math.log(d(l)))), 12)
})

test('a discriminator that is sure and wrong costs its logits, not infinity', async () => {
  expect(await run([-200], [300], 'float32')).toEqual({ discriminator: 500, guesser: 0 })
})

test('mixed by λ = 0.001 with an error of 0.01', async () => {
  const { guesser } = await run([0], [0])
  expect(0.999 * 0.01 + 0.001 * guesser).toBeCloseTo(0.010683, 6)
})

test('gradients as central differences', async () => {
  const given = [randomArray([4, 1]), randomArray([3, 1])]
  expect(await gradientError((a, b) => adversarialLosses(a, b).discriminator, given)).toBeLessThan(1e-8)
  expect(await gradientError(b => adversarialLosses(b, b).guesser, [randomArray([3, 1])])).toBeLessThan(1e-8)
})
