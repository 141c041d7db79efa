import { expect, test } from 'vitest'
import { diverged, divergenceWatch } from './divergence.js'

/** What is said after each loss. */
const watched = (losses: readonly number[], chance = 1.4, first?: number) => {
  const watch = divergenceWatch(chance, first)
  return { said: losses.map(loss => watch.see(loss)), end: watch.atTheEnd() }
}
const steps = (count: number, loss: (i: number) => number) => Array.from({ length: count }, (_, i) => loss(i))

test('a training that learns, one that starts badly, one with a bad step, and one that never learns are left alone', () => {
  const nothing = (losses: readonly number[]) => {
    const { said, end } = watched(losses)
    expect([...said, end].filter(problem => problem !== undefined)).toEqual([])
  }
  nothing(steps(100, i => 1.4 * Math.exp(-i / 30)))
  nothing(steps(100, i => 300 * Math.exp(-i / 3)))
  nothing(steps(100, i => (i === 50 ? 400 : 1)))
  nothing(steps(100, () => 1.4))
  nothing([1e9]) // the first step is nobody's fault
})

test('a gradient that is no number ends it while the loss is one', () => {
  const watch = divergenceWatch(1)
  expect(watch.see(1, 2)).toBeUndefined()
  expect(watch.see(1, Number.NaN)).toBe('the gradient is no number any more')
})

test('no number ends it at once; far above chance for twenty steps ends it then', () => {
  expect(watched([1, Number.NaN]).said).toEqual([undefined, 'the loss is no number any more'])
  expect(watched([1, Number.POSITIVE_INFINITY]).said[1]).toBe('the loss is no number any more')
  const { said } = watched(steps(30, i => (i < 5 ? 1 : 1e14)))
  expect(said.findIndex(problem => problem !== undefined)).toBe(19)
  expect(said[19]).toBe('the loss is 7.50e+13 where a network that knows nothing has 1.40')
})

test('few steps are looked at before they are saved for good, also after a resume', () => {
  expect(watched([1.4, 1e6, 1e9, 1e14]).end).toContain('where a network that knows nothing has')
  expect(watched([1e6, 1e9], 1.4, 1.3).end).toContain('the loss is 5.01e+8')
})

test('what to do depends on whether there is a checkpoint', () => {
  expect(diverged('run', 7, 'x', undefined).message).toBe(
    'run: diverged at step 7: x; nothing was saved: run the same command again, without --resume, with a lower --lr or --clip 1',
  )
  expect(diverged('run', 7, 'x', 5).message).toContain('the checkpoint of step 5 is kept')
})
