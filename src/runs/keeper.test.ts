import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { put, temporaryFolder } from '../data/testing.js'
import { configOf } from '../training/testing.js'
import { claim } from './claim.js'
import { readConfig, writeConfig } from './config.js'
import { keeperOf } from './keeper.js'
import { lockRun } from './lock.js'
import { type MetricsLine, readMetrics, writeMetrics } from './metrics.js'

const config = configOf('simclr', {}, { steps: 2 })
const line: MetricsLine = {
  step: 1,
  epoch: 1,
  loss: 1,
  chance: 2,
  learningRate: 1,
  picturesPerSecond: 1,
  seconds: 1,
}

/** A run that is being trained. */
function kept() {
  const directory = join(temporaryFolder(), 'run')
  claim(directory)
  const lock = lockRun(directory)
  const notes: string[] = []
  writeConfig(directory, config)
  writeMetrics(directory, [line])
  const save = (at = directory) => {
    mkdirSync(join(at, 'checkpoint'), { recursive: true })
    writeFileSync(join(at, 'checkpoint', 'state.safetensors'), 'weights')
  }
  return {
    directory,
    lock,
    notes,
    save,
    folder: keeperOf(
      directory,
      place => writeConfig(place, config),
      lock,
      note => notes.push(note),
    ),
  }
}

const whole = (directory: string) => {
  expect(readConfig(directory).steps).toBe(2)
  expect(readMetrics(directory)).toEqual([line])
  expect(readdirSync(directory).sort()).toEqual(['checkpoint', 'config.json', 'lock.json', 'metrics.jsonl'])
}

test.each([
  ['moved', 1, (directory: string) => renameSync(directory, `${directory}-moved`)],
  ['removed', 1, (directory: string) => rmSync(directory, { recursive: true })],
  ['removed but for its lock', 0, (directory: string) => rmSync(join(directory, 'metrics.jsonl'))],
])('a folder that is %s in the middle of a write is written anew, with everything so far', async (_, told, take) => {
  const { directory, folder, notes, save } = kept()
  let tries = 0
  await folder.write([line], () => {
    if (++tries === 1) {
      take(directory)
      throw new Error('no such file or directory')
    }
    save()
  })
  whole(directory)
  expect(notes.length).toBe(told)
})

test('what a write leaves in a folder that was taken away at that moment does not hold it', async () => {
  const { directory, folder, notes, save } = kept()
  await folder.write([line], () => {
    rmSync(directory, { recursive: true })
    save()
  })
  await folder.write([line], save)
  whole(directory)
  expect(notes).toEqual([
    `${directory}: was moved or removed while training; made anew, and the training goes on there`,
  ])
})

test.each([[[]], [['config.json', 'metrics.jsonl', 'checkpoint']]])(
  'a folder whose lock was removed, with %j, is filled again',
  async others => {
    const { directory, folder, notes, save } = kept()
    save()
    for (const name of ['lock.json', ...others]) rmSync(join(directory, name), { recursive: true })
    await folder.write([line], save)
    whole(directory)
    expect(notes.length).toBe(others.length === 0 ? 0 : 1)
  },
)

test('what fails twice is told, as of a full disk', async () => {
  const { folder } = kept()
  let tries = 0
  const full = () => {
    throw new Error(`full ${++tries}`)
  }
  await expect(folder.write([line], full)).rejects.toThrow('full 2')
})

test.each([
  ['another run', { 'config.json': '{}', 'checkpoint/state.safetensors': 'of another' }, 'a run is there already'],
  ['another training', { 'lock.json': '{"pid":1,"host":"elsewhere","since":"now"}' }, 'is being trained by process 1'],
  ['something else', { 'thesis.tex': 'mine' }, 'the folder is not empty'],
])('where %s was put in its place, that is left alone, and the training goes on beside', async (_, others, says) => {
  const { directory, folder, lock, notes, save } = kept()
  renameSync(directory, `${directory}-moved`)
  put(directory, others)
  const before = readdirSync(directory, { recursive: true })
  put(`${directory}-2`, { 'taken.txt': 'too' })
  await folder.write([line], save)
  await folder.write([line], save)
  expect(readdirSync(directory, { recursive: true })).toEqual(before)
  expect(folder.directory).toBe(`${directory}-3`)
  whole(folder.directory)
  expect(notes).toEqual([expect.stringMatching(/its place is taken \(.*\): the training goes on in .*run-3$/)])
  expect(notes[0]).toContain(says)
  lock.release()
  expect(readdirSync(folder.directory)).not.toContain('lock.json')
})

test('a process that was killed while it wrote its first file does not hold the folder', () => {
  const folder = put(temporaryFolder(), { 'config.json.123.part': '{', 'lock.json': '{"pid"' })
  claim(folder)
  expect(() => claim(put(temporaryFolder(), { 'film.123.part': 'of a download' }))).toThrow('the folder is not empty')
})
