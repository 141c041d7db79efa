import { expect, test } from 'vitest'
import { memorySet } from '../data/testing.js'
import { preview } from '../training/preview.js'
import { notesOf, previewSheet, viewsOf } from './preview.js'
import { readPng } from './testing.js'

test('the sheet of an untrained network says so, and what its guesses were given', async () => {
  const shown = await preview('mae', memorySet(4), { count: 2 })
  expect(shown.columns.map(({ title }) => title)).toContain('untrained: guessed; mean and contrast are given')
  expect(notesOf(shown)).toEqual([
    'The network is untrained: what it guesses is not learnt.',
    expect.stringMatching(/^The mean and the contrast of each hidden patch are given/),
  ])
  expect(notesOf({ ...shown, trained: true })).toEqual([expect.stringContaining('contrast')])
  expect((await viewsOf(shown)).caption).toContain('The network is untrained')
  const [noted, plain] = [
    shown,
    { ...shown, columns: shown.columns.map(({ note: _, ...column }) => column), trained: true },
  ]
  const [high, low] = [await readPng(await previewSheet('t', noted)), await readPng(await previewSheet('t', plain))]
  expect(high.height - low.height).toBeGreaterThanOrEqual(2 * 16)
})

test('where nothing is guessed there is nothing to warn of', async () => {
  expect(notesOf(await preview('simclr', memorySet(4), { encoder: 'c4-half', count: 2 }))).toEqual([])
})
