import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../data/testing.js'
import { readAcross, readEvaluation, readPretext } from './results.js'

test('figures of a run are read while they are those of its network', () => {
  const folder = temporaryFolder()
  const [evaluation, pretext] = [
    { perClass: [], steps: [60] },
    { measures: [], step: 60 },
  ]
  writeFileSync(join(folder, 'evaluation.json'), JSON.stringify(evaluation))
  writeFileSync(join(folder, 'pretext.json'), JSON.stringify(pretext))
  const across = { tasks: [], steps: [60] }
  writeFileSync(join(folder, 'across.json'), JSON.stringify(across))
  expect([readEvaluation(folder, 60), readPretext(folder, 60)]).toEqual([evaluation, pretext])
  expect([readAcross(folder, 60), readAcross(folder, 120)]).toEqual([across, undefined])
  expect([readEvaluation(folder, 120), readPretext(folder, 120)]).toEqual([undefined, undefined])
})

test('what is missing, damaged or older is left out', () => {
  const folder = temporaryFolder()
  expect([readEvaluation(folder, 60), readPretext(folder, 60)]).toEqual([undefined, undefined])
  writeFileSync(join(folder, 'evaluation.json'), '{"knns": {}, "steps": [60]}')
  writeFileSync(join(folder, 'pretext.json'), '{"measures": [')
  expect([readEvaluation(folder, 60), readPretext(folder, 60)]).toEqual([undefined, undefined])
})
