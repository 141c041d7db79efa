import { expect, test } from 'vitest'
import { array, evaluate } from '../../engine/testing.js'
import { draw } from '../../program/trace.js'
import { chanceAmongHidden, distractorsAmong } from './distractors.js'

const pairs = async (hidden: readonly (readonly number[])[], most: number) => {
  const length = hidden[0]?.length ?? 0
  const { among } = await evaluate(
    hidden => ({ among: distractorsAmong(draw, hidden.greater(0), most) }),
    [array([hidden.length, length], hidden.flat())],
  )
  return hidden.map((_, i) =>
    Array.from({ length }, (_, t) =>
      Array.from({ length }, (_, s) => s).filter(s => among?.[(i * length + t) * length + s] === 1),
    ),
  )
}

test('others that are hidden too, of the same recording, as many as there are or as are wanted', async () => {
  const hidden = [
    [1, 0, 1, 1, 0, 1, 1, 0, 1],
    [0, 1, 0, 0, 1, 0, 0, 0, 0],
    [1, 0, 0, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0, 0],
  ]
  const found = await pairs(hidden, 3)
  found.forEach((row, i) => {
    const own = hidden[i] ?? []
    const count = own.reduce((sum, h) => sum + h, 0)
    row.forEach((others, t) => {
      expect(others).toHaveLength(own[t] === 1 ? Math.min(3, count - 1) : 0)
      expect(others).not.toContain(t)
      expect(others.every(s => own[s] === 1)).toBe(true)
    })
  })
  expect(found[1]?.[1]).toEqual([4])
})

test('each other frame is as likely as any', async () => {
  const [n, length, most] = [2000, 5, 2]
  const found = await pairs(Array(n).fill(Array(length).fill(1)), most)
  const counts = Array(length).fill(0)
  for (const row of found) for (const s of row[2] ?? []) counts[s]++
  expect(counts[2]).toBe(0)
  // 2000 draws of 2 among 4: 1000 each, and a standard deviation of 22
  for (const s of [0, 1, 3, 4]) expect(Math.abs(counts[s] - 1000)).toBeLessThan(100)
})

test('to know nothing costs ln 101 where there are always a hundred others, less where there are not', () => {
  const options = { start: 0.065, span: 10, distractors: 100 }
  expect(chanceAmongHidden(2000, options)).toBeCloseTo(4.615121, 6)
  expect(chanceAmongHidden(99, options)).toBeLessThan(4.2)
  // long recordings hide more: above the logarithm of the mean, 48.4
  expect(chanceAmongHidden(99, options)).toBeGreaterThan(Math.log(48.4))
})
