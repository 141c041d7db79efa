import { expect, test } from 'vitest'
import { maxAbs, randomArray } from '../../engine/testing.js'
import { range } from '../../tensor/shape.js'
import { initialValues } from '../initialise.js'
import { variablesOf } from '../module.js'
import { at, moduleGradientError, runModule } from '../testing.js'
import { codeHead } from './code-head.js'

const [n, length, inputs, width, codes, temperature] = [2, 3, 5, 4, 6, 0.1]
const head = codeHead({ inputs, width, codes, temperature })
const x = randomArray([n, length, inputs])

test('logits are the cosines of projected frames and embeddings, over the temperature', async () => {
  const values = new Map(initialValues(new Map([...variablesOf(head)].map(([name, v]) => [v, name])), 0))
  const of = (name: string, i: number) => Number(values.get(name)?.[i])
  const { y, shape } = await runModule(head, head, [x])
  expect(shape).toEqual([n, length, codes])
  const expected = range(n).flatMap(i =>
    range(length).flatMap(t => {
      const o = range(width).map(w =>
        range(inputs).reduce(
          (sum, d) => sum + at(x, i, t, d) * of('projection.weight', w * inputs + d),
          of('projection.bias', w),
        ),
      )
      return range(codes).map(c => {
        const e = range(width).map(w => of('embeddings', c * width + w))
        return (
          o.reduce((sum, value, w) => sum + value * (e[w] ?? 0), 0) / Math.hypot(...o) / Math.hypot(...e) / temperature
        )
      })
    }),
  )
  expect(maxAbs(y.map((value, i) => value - (expected[i] ?? 0)))).toBeLessThan(1e-6) // first values are kept in float32
})

test('gradients as central differences', async () => {
  expect(await moduleGradientError(head, head, [x])).toBeLessThan(1e-6)
})
