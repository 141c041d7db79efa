import { expect, test } from 'vitest'
import { experiments } from './experiments.js'
import { fingerprintOf } from './fingerprint.js'
import { meanLossUpTo, minutesNeeded, type ResultRecord, startOf, stateOf } from './records.js'

const [first, second, third] = experiments.map(experiment => ({ ...experiment }))
if (first === undefined || second === undefined || third === undefined) throw new Error('too few experiments')
const recordOf = (name: string, minutes: number, fingerprint = 'f') =>
  ({ name, fingerprint, minutes: { trainings: [minutes - 1], scoring: 1 } }) as unknown as ResultRecord

test('a record is stale when the options of its experiment are others, not when its words are', () => {
  const record = recordOf(first.name, 3, fingerprintOf(first))
  expect(stateOf(first, record)).toBe('measured')
  expect(stateOf({ ...first, recipe: 'other words' }, record)).toBe('measured')
  expect(stateOf({ ...first, train: `${first.train} --clip 1` }, record)).toBe('stale')
  expect(stateOf({ ...first, seeds: [7] }, record)).toBe('stale')
  expect(stateOf(first, undefined)).toBe('missing')
})

test('the fingerprint hangs on the code of the method', () => {
  expect(fingerprintOf(first)).toBe(fingerprintOf({ ...first }))
  expect(fingerprintOf({ ...first, method: 'mae' })).not.toBe(fingerprintOf({ ...first, method: 'rotation' }))
})

test('what was measured takes as long again, the rest as long as the median', () => {
  const records = [recordOf(first.name, 4), recordOf(second.name, 10), recordOf('another', 5)]
  const find = (name: string) => records.find(record => record.name === name)
  expect(minutesNeeded([first, second], find, records)).toBe(14)
  expect(minutesNeeded([first, third], find, records)).toBe(9)
  expect(minutesNeeded([third], find, [])).toBeNaN()
})

test('every experiment has a name of its own, and what was tried instead names one that exists', () => {
  const names = experiments.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const { insteadOf } of experiments) if (insteadOf !== undefined) expect(names).toContain(insteadOf)
})

test('the mean loss up to a step weighs lines by the steps they stand for, and needs one that ends there', () => {
  const lines = [
    { step: 1, loss: 4 },
    { step: 3, loss: 1 },
    { step: 5, loss: 7 },
  ]
  expect(meanLossUpTo(3, lines)).toBe(2)
  expect(meanLossUpTo(4, lines)).toBeUndefined()
  expect(startOf(1200, lines)).toEqual({ steps: 3, loss: 2 })
  expect(startOf(10, lines)).toEqual({ steps: 1, loss: 4 })
})
