import { expect, test } from 'vitest'
import { memorySet } from '../data/testing.js'
import { preview } from '../training/preview.js'
import { notesOf, previewSheet, viewsOf } from './preview.js'
import { gallery } from './sections/gallery.js'
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

test('words stand on the page alone, without a picture of nothing above them', async () => {
  const shape = [2]
  const columns = [
    { title: 'words', kind: 'text' as const, shape, values: [Int32Array.of(1, 2)], texts: ['a <red> cow'] },
    { title: 'numbers', kind: 'vector' as const, shape, values: [Float32Array.of(1, 2)] },
  ]
  const views = await viewsOf({ columns, names: ['cow'], trained: true })
  expect(views.rows[0]?.map(({ source, label }) => [source?.slice(0, 10), label])).toEqual([
    [undefined, 'a <red> cow'],
    ['data:image', undefined],
  ])
  const page = gallery('Views', views)
  expect(page.match(/<img/g)).toHaveLength(1)
  expect(page).toContain('<figure class="exhibit first"><figcaption>')
  expect(page).toContain('a &lt;red&gt; cow')
})

test('where nothing is guessed there is nothing to warn of', async () => {
  expect(notesOf(await preview('simclr', memorySet(4), { encoder: 'c4-half', count: 2 }))).toEqual([])
})
