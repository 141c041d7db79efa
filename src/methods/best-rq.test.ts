import { expect, test } from 'vitest'
import { relativeError } from '../engine/testing.js'
import { bestRq } from './best-rq.js'
import { stepped, voice } from './testing.js'

const given = {
  options: { seconds: 1, codes: 32, books: 2, bands: 20, span: 3, start: 0.15 },
  prepared: { seed: 3, counts: [Array(32).fill(4), Array(32).fill(4)] },
}

test('padding changes neither the loss nor any gradient', async () => {
  const recordings = [voice(6000, 1), voice(3500, 2)]
  const [short, long] = [await stepped(bestRq, given, recordings, 6000), await stepped(bestRq, given, recordings, 9200)]
  expect(short.loss).toBeGreaterThan(1)
  expect(long.loss).toBeCloseTo(short.loss, 10)
  for (const [name, gradient] of Object.entries(short.gradients))
    expect(relativeError(long.gradients[name], gradient)).toBeLessThan(1e-8)
})
