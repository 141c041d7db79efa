import { expect, test } from 'vitest'
import { evaluate, gradientError, randomArray } from '../engine/testing.js'
import { displacementsWithin } from '../tensor/neighbours.js'
import { movedBy } from './frame-decoder.js'
import { arrayOf, at } from './testing.js'

const frame = randomArray([2, 3, 5, 4], { seed: 3 })
const moves = displacementsWithin(2).filter(({ dy, dx }) => dy !== 0 || dx !== 0)
const within = (value: number, size: number) => Math.min(Math.max(value, 0), size - 1)

test('a whole share of one neighbour moves the frame, its borders repeated', async () => {
  const chosen = moves.findIndex(({ dy, dx }) => dy === -1 && dx === 2)
  const shares = arrayOf([2, moves.length, 5, 4], (_, move) => (move === chosen ? 1 : 0))
  const { y } = await evaluate(
    (frame, shares) => ({ y: movedBy(frame as never, shares as never, moves) }),
    [frame, shares],
  )
  const expected = arrayOf(
    [2, 3, 5, 4],
    (n, c, i, j) => at(frame, n, c, within(i + 1, 5), within(j - 2, 4)) - at(frame, n, c, i, j),
  )
  for (const [i, value] of expected.values.entries()) expect(y?.[i]).toBeCloseTo(value, 12)
})

test('shares of all neighbours as a naive loop, gradient as central differences', async () => {
  const near = displacementsWithin(1)
  const shares = randomArray([2, near.length, 5, 4], { seed: 4 })
  const build = (frame: unknown, shares: unknown) => movedBy(frame as never, shares as never, near)
  const { y } = await evaluate((frame, shares) => ({ y: build(frame, shares) }), [frame, shares])
  const expected = arrayOf([2, 3, 5, 4], (n, c, i, j) =>
    near.reduce(
      (sum, { dy, dx }, k) =>
        sum + at(shares, n, k, i, j) * (at(frame, n, c, within(i - dy, 5), within(j - dx, 4)) - at(frame, n, c, i, j)),
      0,
    ),
  )
  for (const [i, value] of expected.values.entries()) expect(y?.[i]).toBeCloseTo(value, 10)
  expect(await gradientError(build as never, [frame, shares])).toBeLessThan(1e-7)
})

test('there are (2·reach + 1)² displacements, each once', () => {
  const all = displacementsWithin(2).map(({ dy, dx }) => `${dy},${dx}`)
  expect(new Set(all).size).toBe(25)
  expect(all).toContain('0,0')
})
