import { join } from 'node:path'
import { expect, test } from 'vitest'
import { memoryColumn } from '../../data/columns.js'
import { numbered, setInMemory } from '../../data/memory.js'
import { put, temporaryFolder } from '../../data/testing.js'
import type { SampleSet } from '../../data/types.js'
import { alignmentsOf } from './find.js'

/** Recordings of one second each. */
function set(source: string, names: readonly string[]): SampleSet {
  const waves = names.map(() => Array<number>(100).fill(1))
  const items = numbered(names.length).map((item, i) => ({ ...item, name: names[i] ?? '' }))
  const audio = memoryColumn({ kind: 'audio', rate: 100, length: 100 }, waves)
  return { ...setInMemory({ audio }, items), source }
}
const grid = (label: string) => `"ooTextFile" "TextGrid" 0 1 <exists> 1 "IntervalTier" "phones" 0 1 1 0 1 "${label}"`

const labels = (found: ReturnType<typeof alignmentsOf>) =>
  Object.fromEntries(
    [...found.byPosition].map(([position, segments]) => [position, segments.map(({ label }) => label)]),
  )

test('alignments lie beside the recordings, in lab/ beside their folder, or in a table', () => {
  const root = put(temporaryFolder(), {
    'wav/a.lab': '#\n0.5 125 a\n1.7 125 b',
    'lab/b.lab': '0 5000000 c',
    'sub/TextGrid/d.TextGrid': new Uint8Array(Buffer.from(`\uFEFF${grid('ы')}`, 'utf16le')),
    'alignment.csv': 'file,start,end,label\nsub/wav/e.wav,0,0.5,t\nf,0.2,0.1,u\nf,0.2,0.6,v\n',
  })
  const names = ['wav/a.wav', 'wav/b.wav', 'wav/c.wav', 'sub/wav/d.flac', 'sub/wav/e.wav', 'sub/wav/f.wav']
  const found = alignmentsOf(set(root, names))
  expect(labels(found)).toEqual({ 0: ['a', 'b'], 1: ['c'], 3: ['ы'], 4: ['t'], 5: ['v'] })
  expect(found.byPosition.get(0)?.at(-1)?.end).toBe(1)
  expect(found.notes).toEqual([
    '1 recordings have no alignment and are left out.',
    'Alignment: 1 segments end after their recording and were cut there or left out.',
    'Alignment: 1 segments end before they begin, or where they do, and were left out.',
  ])
  expect(labels(alignmentsOf(set(join(root, 'wav'), ['a.wav', 'b.wav'])))).toEqual({ 0: ['a', 'b'], 1: ['c'] })
})

test('another folder or table takes their place', () => {
  const root = put(temporaryFolder(), {
    'a.lab': '0 0.5 x',
    'other/a.lab': '0 0.5 y',
    't.tsv': 'file\tstart\tend\tlabel\na\t0\t1\tz',
  })
  const recordings = set(root, ['a.wav'])
  expect(labels(alignmentsOf(recordings, join(root, 'other')))).toEqual({ 0: ['y'] })
  expect(labels(alignmentsOf(recordings, join(root, 't.tsv')))).toEqual({ 0: ['z'] })
  expect(() => alignmentsOf(recordings, join(root, 'none'))).toThrow('no such folder or table')
})

test('what could be of several recordings of one name is of none of them', () => {
  const root = put(temporaryFolder(), {
    'lab/0.lab': '0 0.5 x',
    'ben/1.lab': '0 0.5 y',
    'alignment.csv': 'file,start,end,label\nanna/2.wav,0,1,z\n3,0,1,z',
  })
  const names = [
    'anna/0.wav',
    'ben/0.wav',
    'anna/1.wav',
    'ben/1.wav',
    'ben/1.flac',
    'anna/2.wav',
    'anna/3.wav',
    'ben/3.wav',
  ]
  const { byPosition, notes } = alignmentsOf(set(root, names))
  expect([...byPosition.keys()]).toEqual([3, 4, 5])
  expect(notes[0]).toBe('1 recordings have no alignment and are left out.')
  expect(notes[1]).toContain('4 recordings are left out')
  expect(notes[1]).toContain('3 in alignment.csv')
})

test('what is not in UTF-8 is taken as Latin-1, which Praat may write, and told', () => {
  const root = put(temporaryFolder(), {
    'a.TextGrid': new Uint8Array(Buffer.from(grid('é'), 'latin1')),
    'b.lab': new Uint8Array(Buffer.from('0 0.5 ß', 'latin1')),
    'c.TextGrid': grid('é'),
  })
  const found = alignmentsOf(set(root, ['a.wav', 'b.wav', 'c.wav']))
  expect(labels(found)).toEqual({ 0: ['é'], 1: ['ß'], 2: ['é'] })
  expect(found.notes).toEqual([
    'Alignment: 2 files are not in UTF-8 and taken as Latin-1 (a.TextGrid, b.lab): where labels look wrong, save them as UTF-8.',
  ])
})

test('a binary file is refused, with what to do', () => {
  const root = put(temporaryFolder(), {
    'a.TextGrid': new Uint8Array(Buffer.from('ooBinaryFile\bTextGrid\0\0\xff', 'latin1')),
  })
  expect(() => alignmentsOf(set(root, ['a.wav']))).toThrow(/a\.TextGrid: is not text in UTF-8[^\n]*save it/)
})

test('a table says what it lacks', () => {
  const root = put(temporaryFolder(), { 'alignment.csv': 'file,begin,end,label\na,0,1,b' })
  expect(() => alignmentsOf(set(root, ['a.wav']))).toThrow('alignment.csv: has no column start')
})
