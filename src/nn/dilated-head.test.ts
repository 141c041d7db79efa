import { expect, test } from 'vitest'
import { randomArray } from '../engine/testing.js'
import { dilatedHead } from './dilated-head.js'
import { variablesOf } from './module.js'
import { arrayOf, at, moduleGradientError, runModule } from './testing.js'

test('first gives its first bias, whatever it is shown, plus what the weights make of it', async () => {
  const head = dilatedHead({ width: 3, hidden: 4, outputs: 2, biasInitial: () => () => Float64Array.of(5, -7) })
  const last = [...variablesOf(head).keys()].find(name => name.endsWith('6.weight')) ?? ''
  const zeros = new Map([[last, Array<number>(8).fill(0)]])
  const { shape, y } = await runModule(head, head, [randomArray([2, 3, 5, 5])], { values: zeros })
  expect(shape).toEqual([2, 2, 5, 5])
  expect(y.slice(0, 25)).toEqual(Array(25).fill(5))
  expect(y.slice(25, 50)).toEqual(Array(25).fill(-7))
})

test('each place sees 9 × 9 places around it, every second one', async () => {
  const head = dilatedHead({ width: 1, hidden: 6, outputs: 1 })
  const given = (value: number) => [arrayOf([1, 1, 13, 13], (_, __, y, x) => (y === 6 && x === 6 ? value : 0.3))]
  const [before, after] = await Promise.all([runModule(head, head, given(0.3)), runModule(head, head, given(9))])
  const changed = before.y.map((value, i) => Math.abs(value - (after.y[i] ?? 0)) > 1e-9)
  const reached = changed.flatMap((is, i) => (is ? [[Math.floor(i / 13) - 6, (i % 13) - 6] as const] : []))
  expect(reached.length).toBeGreaterThan(12)
  for (const [y, x] of reached) {
    expect(Math.max(Math.abs(y), Math.abs(x))).toBeLessThanOrEqual(4)
    expect([Math.abs(y % 2), Math.abs(x % 2)]).toEqual([0, 0])
  }
})

test.each([false, true])('gradients as central differences, training %s', async training => {
  const head = dilatedHead({ width: 2, hidden: 2, outputs: 2 })
  const x = randomArray([2, 2, 3, 3], { seed: 4 })
  expect(at(x, 0, 0, 0, 0)).not.toBe(0)
  expect(await moduleGradientError(head, head, [x], { training })).toBeLessThan(1e-5)
})
