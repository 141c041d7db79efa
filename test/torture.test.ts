import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mountSmall, unmount } from '../scripts/torture-disk.js'
import type { KindName } from '../scripts/torture-kinds.js'
import type { Moment } from '../scripts/torture-moments.js'
import { disturbedRound, type Subject, somePictures, undisturbed } from '../scripts/torture-round.js'

// the short form of `npm run torture`, with moments that are chosen instead of drawn
const work = mkdtempSync(join(tmpdir(), 'lacuna-test-'))
const disk = join(work, 'disk')
mkdirSync(disk)
const noDisk = mountSmall(disk, 64)
afterAll(() => unmount(disk))

let subject: Subject
beforeAll(async () => {
  const pictures = somePictures(join(work, 'pictures'), 64)
  subject = await undisturbed({ method: 'simclr', pictures, steps: 80, saveEvery: 10 }, join(work, 'undisturbed'))
})

const moments: readonly (readonly [KindName, Moment['phase'], number])[] = [
  ['INT', 'preparing', 0.5],
  ['INT INT', 'training', 0.2],
  ['INT INT', 'reporting', 0.3],
  ['INT late', 'training', 0.5],
  ['TERM', 'saving', 0.4],
  ['HUP', 'starting', 0.9],
  ['KILL', 'training', 0.3],
  ['KILL', 'saving', 0.6],
  ['disk full', 'saving', 0.3],
  ['reader gone', 'training', 0.3],
  ['terminal closed', 'training', 0.5],
  ['moved', 'training', 0.5],
  ['removed', 'saving', 0.5],
]

test.each(moments)('%s while %s: the same bytes as when nobody disturbs it', async (kind, phase, share) => {
  const onDisk = kind === 'disk full'
  if (onDisk && noDisk !== undefined) return console.warn(`not tried: ${noDisk}`)
  const folder = join(onDisk ? disk : work, `${kind}-${phase}`)
  mkdirSync(folder)
  const options = { seed: 0, round: 0, folder, disk: onDisk ? disk : undefined, more: 0, moment: { phase, share } }
  const { faults, disturbed, story } = await disturbedRound(subject, kind, options)
  expect(faults, story).toEqual([])
  expect(disturbed, story).toBe(true)
})
