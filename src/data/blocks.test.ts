import { describe, expect, test } from 'vitest'
import { range } from '../tensor/shape.js'
import { partedInTime } from './blocks.js'
import { memoryColumn } from './columns.js'
import { numbered } from './memory.js'
import type { Item } from './types.js'

const RATE = 10
const film = (frames: number) => range(frames).map(t => t % 256)
/** Films of 1 × 1 px whose frames tell their number, and a wave of 100 numbers a second that tells its own. */
function whole(lengths: readonly number[], items: readonly Item[] = numbered(lengths.length)) {
  const video = { kind: 'video', size: 1, colours: 1, rate: RATE, length: Math.max(...lengths) } as const
  const audio = { kind: 'audio', rate: 100, length: 10 * Math.max(...lengths) } as const
  const columns = {
    video: memoryColumn(video, lengths.map(film)),
    audio: memoryColumn(
      audio,
      lengths.map(length => range(10 * length)),
    ),
  }
  return { columns, items, notes: [], fingerprint: 'whole' }
}
const read = ({ columns: { video } }: ReturnType<typeof partedInTime>, record: number): number[] => {
  const count = video?.lengthOf(record) ?? 0
  const into = new Uint8Array(count + 3).fill(99)
  expect(video?.read(record, 0, count + 3, into, 0)).toBe(count)
  expect([...into.subarray(count)]).toEqual([0, 0, 0])
  return [...into.subarray(0, count)]
}

describe.each([200, 255])('a film of %i frames', frames => {
  const parted = partedInTime(whole([frames]))
  const of = (part: string) => parted.items.flatMap(({ split }, i) => (split === part ? read(parted, i) : []))

  test('has its last fifth for the test, a gap before it, and all frames before that for the training', () => {
    const test = Math.round(0.8 * frames)
    const gap = Math.ceil(Math.min(20, 0.05 * frames))
    expect(of('test')).toEqual(range(frames).slice(test))
    expect(of('train')).toEqual(range(test - gap))
  })

  test('has no group in both parts, and names that say which part of it a block is', () => {
    const groups = (part: string) =>
      new Set(parted.items.filter(({ split }) => split === part).map(({ group }) => group))
    expect([...groups('train')].some(group => groups('test').has(group))).toBe(false)
    const [first] = parted.items
    expect(first?.name).toBe(`0#t=0.00,${((parted.columns.video?.lengthOf(0) ?? 0) / RATE).toFixed(2)}`)
    expect(new Set(parted.items.map(({ name }) => name)).size).toBe(parted.items.length)
    expect(parted.fingerprint).not.toBe('whole')
    expect(parted.notes[0]).toContain('its last fifth is the test part')
  })

  test('has its sound cut at the same moments', () => {
    for (const record of range(parted.items.length)) {
      const [first = 0] = read(parted, record)
      const into = new Int16Array(1)
      parted.columns.audio?.read(record, 0, 1, into, 0)
      expect(into[0]).toBe(10 * first)
      expect(parted.columns.audio?.lengthOf(record)).toBe(10 * (parted.columns.video?.lengthOf(record) ?? 0))
    }
  })
})

test('films that are short, many, or marked by somebody stay as they are', () => {
  expect(partedInTime(whole([60])).items.map(({ name }) => name)).toEqual(['0'])
  const many = whole([300, 300, 300, 300, 300])
  expect(partedInTime(many)).toBe(many)
  const marked = whole(
    [300, 300],
    numbered(2).map((item, i) => ({ ...item, split: i === 0 ? 'train' : 'test' })),
  )
  expect(partedInTime(marked)).toBe(marked)
})

test('of two films the long one is parted, and the short one is of neither part but its own', () => {
  const { items } = partedInTime(whole([40, 200]))
  expect(items.find(({ name }) => name === '0')).toEqual({ name: '0', label: undefined, group: '0', split: undefined })
  expect(new Set(items.map(({ split }) => split))).toEqual(new Set([undefined, 'train', 'test']))
})
