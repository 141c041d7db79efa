import { expect, test } from 'vitest'
import { inTurns } from './turns.js'

test('all take turns, and one that fails is left out with what it had measured', async () => {
  const order: string[] = []
  const contender = (name: string, failsAt = Number.POSITIVE_INFINITY) => {
    let turn = 0
    return {
      name,
      measure: async () => {
        order.push(name)
        if (++turn === failsAt) throw new Error('out of memory')
        return turn
      },
    }
  }
  const { results, problems } = await inTurns(3, [contender('a'), contender('b', 2), contender('c')])
  expect(order.join(' ')).toBe('a b c a b c a c')
  expect(results).toEqual({ a: [1, 2, 3], c: [1, 2, 3] })
  expect(problems).toEqual(['b: out of memory'])
})
