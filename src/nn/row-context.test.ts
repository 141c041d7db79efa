import { expect, test } from 'vitest'
import { randomArray } from '../engine/testing.js'
import { derivative } from '../tensor/derivative.js'
import { range } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { rowContext } from './row-context.js'
import { moduleGradientError, runModule } from './testing.js'

const rows = 5
const [columns, width] = [4, 3]
const context = rowContext(width, { hidden: 6, depth: 2 })
const picture = randomArray([1, rows, columns, width])

/** The largest gradient of the context of a row in each row of the latents. */
async function reachOf(row: number): Promise<number[]> {
  const pull = (x: Tensor) =>
    derivative(
      context(x)
        .slice(1, row, row + 1)
        .square()
        .sum(),
      [x],
    )[0] ?? x
  const { y } = await runModule(context, pull, [picture])
  return range(rows).map(r => Math.max(...y.slice(r * columns * width, (r + 1) * columns * width).map(Math.abs)))
}

test.each(range(rows))('row %i depends on itself and two rows above, and on nothing else', async row => {
  for (const [other, gradient] of (await reachOf(row)).entries())
    if (other <= row && other >= row - 2) expect(gradient).toBeGreaterThan(1e-6)
    else expect(gradient).toBe(0)
})

test('its gradients are those of central differences', async () => {
  expect(await moduleGradientError(context, context, [picture])).toBeLessThan(1e-6)
})
