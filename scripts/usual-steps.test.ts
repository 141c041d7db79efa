import { expect, test } from 'vitest'
import { usual } from '../src/report/verdict/usual-steps.js'
import { experiments } from './experiments.js'

test('the steps that a verdict calls usual are those of the shortest training scored by labels', () => {
  const shortest: Record<string, number> = {}
  for (const { method, train, score, insteadOf, after } of experiments) {
    const steps = Number(/--steps (\d+)/.exec(train)?.[1])
    if (score === undefined || insteadOf !== undefined || after !== undefined) continue
    shortest[method] = Math.min(steps, shortest[method] ?? Infinity)
  }
  expect(usual).toEqual(shortest)
})
