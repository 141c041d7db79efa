import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinEqual } from './groups.js'

test('items are in one group exactly when a chain of equal groups or equal contents joins them', () => {
  const pairs = fc.array(fc.tuple(fc.nat({ max: 8 }), fc.nat({ max: 8 })), { maxLength: 15 })
  fc.assert(
    fc.property(pairs, drawn => {
      const items = drawn.map(([group], i) => ({
        name: `${i}`,
        label: undefined,
        group: `g${group}`,
        split: undefined,
      }))
      const joined = joinEqual(
        items,
        drawn.map(([, digest]) => `d${digest}`),
      )

      // The naive way: spread the smallest mark until nothing changes.
      const marks = drawn.map((_, i) => i)
      for (let round = 0; round < drawn.length; round++)
        drawn.forEach(([group, digest], i) => {
          const near = marks.filter((_, j) => drawn[j]?.[0] === group || drawn[j]?.[1] === digest)
          marks[i] = Math.min(...near)
        })
      for (const i of items.keys())
        for (const j of items.keys())
          expect(joined[i]?.group === joined[j]?.group, `${i} and ${j}`).toBe(marks[i] === marks[j])
    }),
  )
})
