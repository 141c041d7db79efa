import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { emojiFolder } from './emoji.js'

interface Row {
  readonly file_name: string
  readonly label?: string
  readonly group: string
  readonly split: string
}

const folder = emojiFolder(mkdtempSync(join(tmpdir(), 'lacuna-emoji-')))
const rows = readFileSync(join(folder, 'metadata.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as Row)
const [tested, trained] = ['test', 'train'].map(split => rows.filter(row => row.split === split)) as [Row[], Row[]]
const isBase = ({ file_name, group }: Row) => basename(file_name) === group

test('base emoji alone are scored, one in four of them, in nine categories', () => {
  const labelled = rows.filter(({ label }) => label !== undefined)
  expect(labelled.every(isBase)).toBe(true)
  expect(tested.every(({ label }) => label !== undefined)).toBe(true)
  expect(new Set(labelled.map(({ label }) => label)).size).toBe(9)
  expect(tested.length / labelled.length).toBeCloseTo(0.25, 2)
  const largest = Math.max(
    ...[...new Set(tested.map(({ label }) => label))].map(label => tested.filter(row => row.label === label).length),
  )
  expect(largest / tested.length).toBeLessThan(0.25) // no class flatters
})

test('skin tones are trained on without labels, and none of an emoji that is tested', () => {
  expect(trained.filter(row => !isBase(row)).length).toBeGreaterThan(1000)
  const groups = new Set(tested.map(({ group }) => group))
  expect(trained.filter(({ group }) => groups.has(group))).toEqual([])
})

test('every picture is there, once', () => {
  expect(new Set(rows.map(({ file_name }) => file_name)).size).toBe(rows.length)
  for (const { file_name } of rows) expect(existsSync(join(folder, file_name))).toBe(true)
})
