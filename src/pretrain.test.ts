import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { memorySet, temporaryFolder } from './data/testing.js'
import { pretrain } from './pretrain.js'

const quick = { encoder: 'c4-half', batch: 8, steps: 4, threads: 1 } as const

test('a run ends with a verdict, a page, and the verdict beside it', async () => {
  const out = join(temporaryFolder(), 'run')
  const stages: string[] = []
  const run = await pretrain('rotation', memorySet(16), { ...quick, out, onStage: stage => stages.push(stage) })
  expect(run.report).toBe(join(out, 'report.html'))
  expect(stages).toEqual(['writing the report'])
  expect(JSON.parse(readFileSync(join(out, 'verdict.json'), 'utf8'))).toEqual(run.verdict)
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('Nearest neighbours')
})

test('without a report the verdict knows the curve alone', async () => {
  const out = join(temporaryFolder(), 'run')
  const run = await pretrain('rotation', memorySet(16), { ...quick, out, report: false })
  expect(run.report).toBeUndefined()
  expect(existsSync(join(out, 'report.html'))).toBe(false)
  expect(run.verdict.text).toMatch(/4 steps/)
})

test('a report that cannot be written is told, and takes nothing from the run', async () => {
  const out = join(temporaryFolder(), 'run')
  const notes: string[] = []
  const run = await pretrain('rotation', memorySet(16), {
    ...quick,
    out,
    onProgress: () => writeFileSync(join(out, 'samples'), 'a file where a folder should be'),
    onNote: note => notes.push(note),
  })
  expect(run).toMatchObject({ step: 4, report: undefined })
  expect(notes).toEqual([expect.stringMatching(/^The run is saved, but its report could not be written: .*samples/)])
})

test('a run that is removed once it is saved is no run that has ended well', async () => {
  const out = join(temporaryFolder(), 'run')
  const removed = pretrain('rotation', memorySet(16), {
    ...quick,
    out,
    onStage: () => rmSync(out, { recursive: true }),
  })
  await expect(removed).rejects.toThrow(`${out}: was moved or removed after its 4 steps were saved`)
  expect(existsSync(out)).toBe(false)
})
