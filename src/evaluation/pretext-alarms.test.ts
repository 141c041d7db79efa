import { expect, test } from 'vitest'
import type { PretextMeasure } from './pretext.js'
import { alarmsOf, atChance, shortcuts } from './pretext-alarms.js'

const accuracy = (value: number, more: Partial<PretextMeasure> = {}): PretextMeasure => ({
  name: 'accuracy',
  value,
  better: 'higher',
  baselines: { chance: 0.25 },
  ...more,
})
const error = (value: number): PretextMeasure => ({
  name: 'squared error',
  value,
  better: 'lower',
  baselines: { 'mean fill': 0.08, 'harmonic fill': 0.02 },
})

test('a task at chance is an alarm, with both figures', () => {
  expect(atChance({ measures: [accuracy(0.251)] })).toEqual([
    expect.stringMatching(/^at chance: accuracy is 0.2510, and chance without any learning 0.2500/),
  ])
  expect(atChance({ measures: [accuracy(0.44)] })).toEqual([])
})

test('what is easiest to beat counts as chance, and the direction of the measure', () => {
  expect(atChance({ measures: [error(0.03)] })).toEqual([])
  expect(atChance({ measures: [error(0.0795)] })).toHaveLength(1)
  expect(atChance({ measures: [error(0.2)] })).toHaveLength(1)
})

test('one measure above chance is enough, and noise is not', () => {
  expect(atChance({ measures: [error(0.2), accuracy(0.4)] })).toEqual([])
  expect(atChance({ measures: [accuracy(0.3, { error: 0.02 })] })).toEqual([])
  expect(atChance({ measures: [accuracy(0.3, { error: 0.03 })] })).toHaveLength(1)
})

test('an error on white noise is none below what a flat guess has there', () => {
  const found = (noise: number) => shortcuts({ measures: [{ ...error(0.01), noise, noiseBound: 0.08 }], pictures: 100 })
  expect([found(0.079), found(0.09)]).toEqual([[], []])
  expect(found(0.05)).toEqual([expect.stringContaining('0.050, and 0.080 is what can be reached')])
})

test('white noise above chance is a shortcut, unless luck explains it', () => {
  const on = (noise: number) => ({ noise, noiseBound: 0.25 })
  const found = (noise: number, pictures: number) => shortcuts({ measures: [accuracy(0.6, on(noise))], pictures })
  expect(found(0.4, 1000)).toEqual([
    expect.stringMatching(/^accuracy on white noise is 0.400, and 0.250 is what can be/),
  ])
  expect(found(0.4, 100)).toEqual([]) // four standard errors are 0.173
  expect(shortcuts({ measures: [accuracy(0.6)], pictures: 1000 })).toEqual([])
  expect(alarmsOf({ measures: [accuracy(0.25, on(0.9))], pictures: 1000 })).toHaveLength(2)
})
