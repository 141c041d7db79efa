import { expect, test } from 'vitest'
import { memorySet } from '../data/testing.js'
import { preview } from '../training/preview.js'
import { configOf } from '../training/testing.js'
import { notesOf, previewSheet, viewsOf } from './preview.js'
import { readPng } from './testing.js'

test('the sheet of an untrained network says so, and what its guesses were given', async () => {
  const prepared = { mean: [0.5, 0.5, 0.5], variance: 0.1 }
  const config = configOf('mae', {}, { prepared, encoder: 'vit-mini' })
  const shown = await preview(config, memorySet(4), 2)
  expect(shown.columns.map(({ title }) => title)).toContain('untrained: guessed; mean and contrast are given')
  expect(notesOf(shown)).toEqual([
    'The network is untrained: what it guesses is random.',
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
  expect(notesOf(await preview(configOf('simclr'), memorySet(4), 2))).toEqual([])
})
