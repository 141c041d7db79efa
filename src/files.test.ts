import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkWritable } from './files.js'

const folder = mkdtempSync(join(tmpdir(), 'lacuna-files-'))

test('a place that can be written is left as it was, also where folders are still missing', () => {
  checkWritable(join(folder, 'x.npy'))
  checkWritable(join(folder, 'not', 'yet', 'there', 'x.npy'))
  expect(readdirSync(folder)).toEqual([])
})

test('a folder, a file where a folder is wanted, and a place that takes no files are wrong usage', () => {
  writeFileSync(join(folder, 'file'), 'kept')
  const refusal = (path: string) =>
    expect(() => checkWritable(path)).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringContaining(path) }),
    )
  refusal(folder)
  refusal(join(folder, 'file', 'x.npy'))
  if (existsSync('/proc')) refusal('/proc/x.npy')
})
