import { expect, test } from 'vitest'
import { audio, image } from '../channels/channel.js'
import { memoryColumn } from '../data/columns.js'
import { alikeIn, placesOf } from '../data/index.js'
import { numbered, setInMemory } from '../data/memory.js'
import { drawnAlike } from './batch-alike.js'

const speakers = ['anna', 'anna', 'bo', 'bo', 'bo', 'cy']
const lengths = [50, 20, 10, 10, 10, 10]
const reads = { sound: audio({ seconds: 1 }) }
const recordings = (labels?: (speaker: string) => object) =>
  setInMemory(
    {
      sound: memoryColumn(
        { kind: 'audio', rate: 10, length: 50 },
        lengths.map(n => Array(n).fill(1)),
      ),
    },
    numbered(6).map((item, i) => ({ ...item, ...labels?.(speakers[i] ?? '') })),
  ).as({ sound: { kind: 'audio', rate: 10, length: 10 } })
const bySpeaker = recordings(speaker => ({ labels: { speaker } }))

test('a batch has windows of one speaker, long recordings counting as often as windows fit', () => {
  const seen = new Set<string>()
  for (let step = 0; step < 30; step++) {
    const { records } = placesOf(bySpeaker, reads, 3, { seed: 1, step, alike: 'speaker' })
    const of = new Set(Array.from(records, record => speakers[record] ?? ''))
    expect(of.size).toBe(1)
    for (const speaker of of) seen.add(speaker)
  }
  expect([...seen].sort()).toEqual(['anna', 'bo'])
})

test('what an epoch has, and what is left out', () => {
  const alike = alikeIn(bySpeaker, reads, 'speaker')
  expect(alike.counts).toEqual([7, 3, 1])
  expect(drawnAlike(alike, 3)).toEqual({
    samples: 9,
    note: 'Each batch has samples of one speaker: 2 of 3 have a batch of 3 or more; 2 of 11 samples fill none in an epoch',
  })
  expect(() => drawnAlike(alike, 8)).toThrow('no speaker has as many samples as a batch of 8; choose --batch 7 or less')
})

test('folders are a column called label; another one, or none, is wrong usage', () => {
  const byFolder = recordings(speaker => ({ label: speaker }))
  expect(alikeIn(byFolder, reads, 'label').counts).toEqual([7, 3, 1])
  expect(() => alikeIn(byFolder, reads, 'speaker')).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringContaining('but the labels are label; choose one') }),
  )
  expect(() => alikeIn(bySpeaker, reads, 'word')).toThrow('the labels are speaker')
  expect(() => alikeIn(recordings(), reads, 'speaker')).toThrow('nothing has labels')
})

test('no two alike', () => {
  const each = recordings(() => ({}))
  const named = { ...each, items: each.items.map((item, i) => ({ ...item, labels: { take: `${i}` } })) }
  expect(() => drawnAlike(alikeIn(named, { image: image() }, 'take'), 8)).toThrow('choose --batch 5 or less')
})
