import { expect, test } from 'vitest'
import { array, evaluate, type Given, relativeError } from '../engine/testing.js'
import { topological } from './derivative.js'
import { oneHot } from './indexing.js'
import { roll, stack } from './movement.js'
import { interpret } from './naive/testing.js'
import { input } from './tensor.js'
import { cases, namedCases } from './testing.js'

for (const { name, of, at } of namedCases) {
  test(`${name}: as computed naively`, async () => {
    const inputs = at.map(({ shape }, i) => input(`input.${i}`, shape))
    const expected = interpret(of(...inputs), new Map(inputs.map((t, i) => [t, at[i] as Given])))
    const { y } = await evaluate((...given) => ({ y: of(...given) }), at)
    expect(relativeError(y, expected.values)).toBeLessThan(1e-13)
  })
}

test('the cases of a primitive use it', () => {
  for (const [op, list] of Object.entries(cases))
    for (const { of, at } of list) {
      const result = of(...at.map(({ shape }, i) => input(`input.${i}`, shape)))
      expect(topological([result]).map(t => t.op as string)).toContain(op)
    }
})

test('what is made of primitives: closed forms', async () => {
  const results = await evaluate(
    a => ({
      clip: a.clip(-1, 2),
      greater: a.greater(1),
      smallest: a.min(1),
      spread: a.variance(1),
      unbiased: a.variance(1, false, 1),
      flipped: a.flip(1),
      rolled: roll(a, 1, 1),
      rolledBack: roll(a, 1, -5),
      rows: stack([a, a.neg()], 1),
      classes: oneHot(a.argmax(), 3),
      norm: a.square().sum().sqrt(),
    }),
    [array([2, 3], [-3, 0, 3, 1, 1, 7])],
  )
  expect(results).toEqual({
    clip: [-1, 0, 2, 1, 1, 2],
    greater: [0, 0, 1, 0, 0, 1],
    smallest: [-3, 1],
    spread: [6, 8],
    unbiased: [9, 12],
    flipped: [3, 0, -3, 7, 1, 1],
    rolled: [0, 3, -3, 1, 7, 1],
    rolledBack: [0, 3, -3, 1, 7, 1],
    rows: [-3, 0, 3, 3, -0, -3, 1, 1, 7, -1, -1, -7],
    classes: [0, 0, 1, 0, 0, 1],
    norm: [Math.sqrt(69)],
  })
})

// what torch.nn.functional gives, worked out by hand
test('convolution and its transpose: small sums', async () => {
  const { conv, transposed } = await evaluate(
    (a, w) => ({
      conv: a.conv(w, { stride: 2, padding: [[1, 0]] }),
      transposed: a.convTranspose(w, { stride: 2, outputPadding: 1 }),
    }),
    [array([1, 1, 4], [1, 2, 3, 4]), array([1, 1, 3], [1, 10, 100])],
  )
  expect(conv).toEqual([210, 432])
  expect(transposed).toEqual([1, 10, 102, 20, 203, 30, 304, 40, 400, 0])
})
