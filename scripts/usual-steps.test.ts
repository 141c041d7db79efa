import { expect, test } from 'vitest'
import { usual } from '../src/report/verdict/usual-steps.js'
import { experiments } from './experiments.js'

test('the steps that a verdict calls usual are those of the shortest training scored by labels', () => {
  const shortest: Record<string, number> = {}
  for (const { method, train, score, insteadOf, after, products } of experiments) {
    const steps = Number(/--steps (\d+)/.exec(train)?.[1])
    if ([insteadOf, after, products].some(given => given !== undefined) || score === undefined) continue
    shortest[method] = Math.min(steps, shortest[method] ?? Infinity)
  }
  expect(usual).toEqual(shortest)
})
