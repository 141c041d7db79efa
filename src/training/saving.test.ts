import { expect, test } from 'vitest'
import { savings } from './saving.js'

/** The seconds at which a training of one step a second saves, each save taking so long. */
function savedAt(every: Parameters<typeof savings>[0], seconds: number, took = 0.1): number[] {
  const saving = savings(every)
  const saved: number[] = []
  for (let now = 1; now <= seconds; now++)
    if (saving.due(now, now)) {
      saved.push(now)
      saving.done(now, took)
    }
  return saved
}

test('after seconds at first, then ever more seldom, up to every two minutes', () => {
  expect(savedAt(undefined, 700)).toEqual([5, 15, 35, 75, 155, 275, 395, 515, 635])
})

test('what takes long is written more seldom', () => {
  expect(savedAt(undefined, 700, 4)).toEqual([5, 205, 405, 605])
})

test('every so many steps or minutes', () => {
  expect(savedAt(100, 350)).toEqual([100, 200, 300])
  expect(savedAt('2min', 400)).toEqual([120, 240, 360])
  expect(savedAt('0.5min', 100)).toEqual([30, 60, 90])
})
