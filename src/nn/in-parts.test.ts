import { expect, test } from 'vitest'
import { trace } from '../program/trace.js'
import { input } from '../tensor/tensor.js'
import { inParts } from './in-parts.js'

/** Rows of the parts that a batch goes through in. */
function partsOf(samples: number, megabytesEach: number, { wanted = true, fewest = 1 } = {}): string[] {
  const parts: string[] = []
  const x = input('x', [samples, 3])
  const { result } = trace({ training: true, inParts: wanted }, () =>
    inParts(
      x,
      (megabytesEach * 2 ** 20) / 4,
      (part, from, to) => {
        parts.push(`${from}–${to} [${part.shape}]`)
        return part.mul(2)
      },
      fewest,
    ),
  )
  expect(result.shape).toEqual([samples, 3])
  return parts
}

test('a batch goes in parts of 3 MB at most', () => {
  expect(partsOf(6, 1)).toEqual(['0–3 [3,3]', '3–6 [3,3]'])
  expect(partsOf(7, 1)).toEqual(['0–2 [2,3]', '2–5 [3,3]', '5–7 [2,3]'])
})

test('never in more parts than samples, nor in more than eight', () => {
  expect(partsOf(2, 12)).toEqual(['0–1 [1,3]', '1–2 [1,3]'])
  expect(partsOf(30, 2)).toHaveLength(8)
})

test('in fewer parts where they would have too few samples', () => {
  expect(partsOf(9, 3, { fewest: 4 })).toEqual(['0–5 [5,3]', '5–9 [4,3]'])
  expect(partsOf(9, 3, { fewest: 5 })).toEqual(['0–9 [9,3]'])
  expect(partsOf(9, 3, { fewest: 10 })).toEqual(['0–9 [9,3]'])
})

test('as a whole where it is small, where no number of parts would do, and where the trace does not ask', () => {
  expect(partsOf(3, 1)).toEqual(['0–3 [3,3]'])
  expect(partsOf(10, 12)).toEqual(['0–10 [10,3]'])
  expect(partsOf(6, 1, { wanted: false })).toEqual(['0–6 [6,3]'])
})
