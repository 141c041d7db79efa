import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { picturesOf } from '../data/index.js'
import { memorySet, put, temporaryFolder } from '../data/testing.js'
import { LacunaError } from '../errors.js'
import { loadCheckpoint } from '../runs/checkpoint.js'
import { readConfig } from '../runs/config.js'
import { readMetrics } from '../runs/metrics.js'
import type { PretrainOptions } from './options.js'
import { pretrain, trainingPart } from './pretrain.js'
import { preview, previewRun } from './preview.js'
import type { LoopProgress } from './task.js'

/** Small, and easy: colours stay as they are. */
const quick = {
  encoder: 'c4-half',
  batch: 8,
  threads: 1,
  options: { temperature: 0.2, projection: 16, views: { crop: [0.6, 1], jitter: 0, greyscale: 0 } },
} as const satisfies Omit<PretrainOptions, 'out'>

const runFolder = () => join(temporaryFolder(), 'run')

/** The step of a checkpoint and a digest of all its bits: as a whole it is too much for a test to print. */
function stateOf(folder: string): { step: number; bits: string } {
  const { step, values } = loadCheckpoint(folder)
  const digest = createHash('sha256')
  for (const [name, data] of values) digest.update(name).update(Float32Array.from(data))
  return { step, bits: digest.digest('hex') }
}

/** Asks to stop once so many steps were taken. */
function stopAfter(steps: number): Pick<PretrainOptions, 'signal' | 'onStep'> {
  const controller = new AbortController()
  let taken = 0
  return { signal: controller.signal, onStep: () => ++taken === steps && controller.abort() }
}

describe('a whole run', () => {
  test('learns to tell a few pictures apart, and says so in finite numbers', async () => {
    const out = runFolder()
    const progress: LoopProgress[] = []
    const run = await pretrain('simclr', memorySet(8), {
      ...quick,
      out,
      steps: 40,
      learningRate: 0.1,
      onProgress: p => progress.push(p),
    })
    expect(run).toMatchObject({ step: 40, interrupted: false, directory: out })
    expect(run.chance).toBeCloseTo(Math.log(15), 12)
    const lines = readMetrics(out)
    expect(lines.map(({ step }) => step)).toEqual([...Array(40).keys()].map(i => i + 1))
    const mean = (key: 'loss' | 'accuracy', from: number, to: number) =>
      lines.slice(from, to).reduce((sum, l) => sum + (l[key] ?? Number.NaN), 0) / (to - from)
    expect(mean('loss', 0, 5)).toBeLessThan(1.3 * run.chance)
    expect(mean('loss', 35, 40)).toBeLessThan(0.5 * mean('loss', 0, 5))
    expect(mean('accuracy', 35, 40)).toBeGreaterThan(0.85)
    expect(progress.at(-1)).toMatchObject({ step: 40, steps: 40, secondsLeft: 0, epoch: 40 })
    for (const numbers of [...lines, ...progress]) expect(Object.values(numbers).every(Number.isFinite)).toBe(true)
    for (const { seconds, picturesPerSecond } of lines) expect(Math.min(seconds, picturesPerSecond)).toBeGreaterThan(0)
    expect(stateOf(out).step).toBe(40)
  })

  test.each([
    ['', undefined],
    [' in chunks', 4],
  ])('that was stopped goes on%s bit by bit as if it had not been', async (_, chunk) => {
    const [whole, parts] = [runFolder(), runFolder()]
    const options = { ...quick, chunk, steps: 6, seed: 3 }
    await pretrain('simclr', memorySet(20), { ...options, out: whole })
    const stopped = await pretrain('simclr', memorySet(20), { ...options, out: parts, ...stopAfter(3) })
    expect(stopped).toMatchObject({ step: 3, interrupted: true })
    expect(stateOf(parts).step).toBe(3)
    // what a process leaves that goes on unsaved and is killed while it writes
    const later = { ...readMetrics(parts).at(-1), step: 4, loss: 99 }
    appendFileSync(join(parts, 'metrics.jsonl'), `${JSON.stringify(later)}\n{"step": 5, "lo`)
    const resumed = await pretrain('simclr', memorySet(20), { out: parts, threads: 1, resume: true })
    expect(resumed).toMatchObject({ step: 6, interrupted: false })
    expect(resumed.config.chunk).toBe(chunk)
    expect(stateOf(parts)).toEqual(stateOf(whole))
    const timeless = (folder: string) =>
      readMetrics(folder).map(({ seconds: _, picturesPerSecond: __, ...line }) => line)
    expect(timeless(parts)).toEqual(timeless(whole))
    const seconds = readMetrics(parts).map(line => line.seconds)
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b))
    const again = await pretrain('simclr', memorySet(20), { out: parts, threads: 1, resume: true })
    expect(again.step).toBe(6) // nothing left to do
    expect(stateOf(parts)).toEqual(stateOf(whole))
  })

  test('that was killed before its first checkpoint begins again', async () => {
    const [whole, killed] = [runFolder(), runFolder()]
    await pretrain('simclr', memorySet(8), { ...quick, out: whole, steps: 3 })
    put(killed, {
      'config.json': JSON.stringify(readConfig(whole)),
      'metrics.jsonl': `${JSON.stringify(readMetrics(whole)[0])}\n`,
    })
    await pretrain('simclr', memorySet(8), { out: killed, threads: 1, resume: true })
    expect(stateOf(killed)).toEqual(stateOf(whole))
    expect(readMetrics(killed).map(({ step }) => step)).toEqual([1, 2, 3])
  })

  test('learns in chunks as well', async () => {
    const out = runFolder()
    const { chance } = await pretrain('simclr', memorySet(8), {
      ...quick,
      out,
      steps: 40,
      learningRate: 0.1,
      chunk: 4,
    })
    expect(chance).toBeCloseTo(Math.log(15), 12)
    const last = readMetrics(out).slice(-5)
    expect(last.reduce((sum, { loss }) => sum + loss, 0) / 5).toBeLessThan(0.6 * chance)
  })

  test.each([8, 100])('with a chunk of %i is the plain step on 8 pictures', async chunk => {
    const folders = [runFolder(), runFolder()] as const
    await pretrain('simclr', memorySet(8), { ...quick, out: folders[0], steps: 2 })
    await pretrain('simclr', memorySet(8), { ...quick, out: folders[1], steps: 2, chunk })
    expect(readConfig(folders[1])).toEqual(readConfig(folders[0]))
    expect(stateOf(folders[1])).toEqual(stateOf(folders[0]))
  })

  test('with another seed is another run', async () => {
    const folders = [runFolder(), runFolder()]
    for (const [seed, out] of folders.entries())
      await pretrain('simclr', memorySet(8), { ...quick, out, steps: 1, seed })
    const [a, b] = folders.map(folder => readMetrics(folder)[0]?.loss)
    expect(a).not.toBe(b)
  })
})

test('a loss that is no number ends the run; the checkpoint and config before it stay', async () => {
  const out = runFolder()
  const options = { ...quick, out, steps: 6, learningRate: 1e30, warmup: 0 }
  await pretrain('simclr', memorySet(8), { ...options, ...stopAfter(1) })
  const [config, checkpoint] = [readConfig(out), stateOf(out)]
  const diverging = pretrain('simclr', memorySet(8), { out, threads: 1, resume: true })
  await expect(diverging).rejects.toThrow(LacunaError)
  await expect(diverging).rejects.toThrow(
    /^[^\n]*run: diverged at step \d: the loss is [^\n]*; the checkpoint of step 1 is kept: train anew with a lower --lr or --clip 1 and another --out$/,
  )
  expect(readConfig(out)).toEqual(config)
  expect(stateOf(out)).toEqual(checkpoint)
  expect(checkpoint.step).toBe(1)
})

describe('test and validation pictures', () => {
  const splits = [...Array(12).keys()].map(i => (['train', 'test', undefined, 'validation'] as const)[i % 4])
  const kept = [0, 2, 4, 6, 8, 10]

  test('are no part of the training; a set without them is left alone', () => {
    const all = memorySet(12, splits)
    expect(trainingPart(all).items.map(({ name }) => Number(name))).toEqual(kept)
    const whole = memorySet(12)
    expect(trainingPart(whole)).toBe(whole)
  })

  test('are never read; all others are, once an epoch', async () => {
    const pictures = memorySet(12, splits)
    const out = runFolder()
    await pretrain('simclr', pictures, { ...quick, out, batch: 2, epochs: 1 })
    expect(pictures.gathered.toSorted((a, b) => a - b)).toEqual(kept)
    expect(readConfig(out)).toMatchObject({ steps: 3, data: { records: 6, fingerprint: pictures.fingerprint } })
  })
})

describe('refused before anything is written', () => {
  test.each([
    ['a batch larger than the data', 'simclr', { batch: 9 }, 'a batch of 9 is larger than the data: 8 pictures', 2],
    ['a batch of one', 'simclr', { batch: 1 }, '--batch must be a whole number of at least 2, not 1', 2],
    [
      'a batch that does not divide',
      'simclr',
      { chunk: 3 },
      'a batch of 8 does not divide into chunks of 3; choose --batch 6, or another --chunk',
      2,
    ],
    ['a chunk of nothing', 'simclr', { chunk: 0 }, 'chunk', 2],
    ['an unknown method', 'simcl', {}, 'no method called simcl', 2],
    ['an unknown encoder', 'simclr', { encoder: 'c5' }, 'unknown encoder "c5"', 2],
    ['an unknown option', 'simclr', { options: { tau: 1 } }, '"tau"', 2],
    ['no steps', 'simclr', { steps: 0 }, 'steps', 2],
    ['half a step', 'simclr', { steps: 1.5 }, 'steps', 2],
    ['half a picture', 'simclr', { batch: 3.5 }, 'batch', 2],
    ['a rate of zero', 'simclr', { learningRate: 0 }, '--lr must be a rate above 0, not 0', 2],
    ['no epochs', 'simclr', { steps: undefined, epochs: 0 }, '--epochs must be a number above 0, not 0', 2],
    ['epochs below zero', 'simclr', { steps: undefined, epochs: -3 }, '--epochs must be a number above 0, not -3', 2],
    ['a warm-up of twice the steps', 'simclr', { warmup: 2 }, '--warmup must be a share of the steps, from 0 to 1', 2],
    ['a clip below zero', 'simclr', { clip: -1 }, '--clip must be', 2],
    ['a decay below zero', 'simclr', { weightDecay: -1 }, '--weight-decay must be', 2],
    ['checkpoints never', 'simclr', { saveEvery: 0 }, '--save-every must be a number of steps', 2],
    ['a seed below zero', 'simclr', { seed: -1 }, 'seed', 2],
    ['nothing to resume', 'simclr', { resume: true }, 'no such folder; name the --out folder', 1],
  ] as const)('%s', async (_, method, options, says, exitCode) => {
    const out = runFolder()
    const refused = pretrain(method, memorySet(8), { ...quick, out, steps: 1, ...options })
    await expect(refused).rejects.toThrow(says)
    await expect(refused).rejects.toThrow(expect.objectContaining({ name: 'LacunaError', exitCode }))
    expect(existsSync(out)).toBe(false)
  })

  test('a single picture', async () => {
    const out = runFolder()
    await expect(pretrain('simclr', memorySet(1), { out, steps: 1 })).rejects.toThrow('1 picture to train on')
    expect(existsSync(out)).toBe(false)
  })

  test('a batch larger than what is left without the test pictures', async () => {
    const pictures = memorySet(8, ['test'])
    await expect(pretrain('simclr', pictures, { ...quick, out: runFolder(), steps: 1 })).rejects.toThrow(
      ': 7 pictures;',
    )
  })

  test('a folder that has something in it', async () => {
    const out = put(temporaryFolder(), { 'notes.txt': 'mine' })
    await expect(pretrain('simclr', memorySet(8), { ...quick, out, steps: 1 })).rejects.toThrow('not empty')
    expect(readdirSync(out)).toEqual(['notes.txt'])
  })
})

describe('a run that is there', () => {
  const made = async () => {
    const out = runFolder()
    await pretrain('simclr', memorySet(8), { ...quick, out, steps: 1 })
    return out
  }

  test('is not overwritten, and does not go on with other data', async () => {
    const out = await made()
    const before = stateOf(out)
    await expect(pretrain('simclr', memorySet(8), { ...quick, out, steps: 1 })).rejects.toThrow(
      'a run is there already',
    )
    const resume = { out, resume: true }
    await expect(pretrain('simclr', memorySet(9), resume)).rejects.toThrow(
      `${out}: trained on 8 pictures, there are 9 now`,
    )
    await expect(
      pretrain('simclr', picturesOf(new Uint8Array(8 * 8 * 8 * 3), { size: 8, colours: 3 }), resume),
    ).rejects.toThrow('trained on image of 16 px in colour, this is image of 8 px in colour')
    expect(stateOf(out)).toEqual(before)
  })

  test('can be looked at: the pictures as stored and two views, the same before and after training', async () => {
    const out = await made()
    const pictures = memorySet(8)
    const shown = await previewRun(out, pictures, 3)
    expect(shown.columns.map(({ title }) => title)).toEqual(['as stored', 'shown', 'its twin, to be found'])
    const stored = shown.names.map(name => pictures.gather([Number(name)]).image)
    expect(new Set(shown.names).size).toBe(3)
    expect(shown.columns[0]?.values).toEqual(stored)
    for (const { values: column } of shown.columns.slice(1))
      for (const [i, picture] of column.entries()) {
        expect(picture).toHaveLength(16 * 16 * 3)
        expect(picture).not.toEqual(stored[i])
      }
    expect(shown.columns[1]).not.toEqual(shown.columns[2])
    expect(await preview('simclr', pictures, { ...quick, count: 3 })).toEqual({ ...shown, trained: false })
  })
})

test('a method that names its encoder gets it when none is chosen, and finds what it prepared again', async () => {
  const out = runFolder()
  const { config } = await pretrain('mae', memorySet(8), { out, steps: 1, batch: 4, threads: 1 })
  expect(config.encoder).toBe('vit-mini')
  expect(readConfig(out).prepared).toMatchObject({ mean: [expect.any(Number), expect.any(Number), expect.any(Number)] })
  const { columns } = await previewRun(out, memorySet(8), 2)
  expect(columns.map(({ title }) => title)).toEqual([
    'as stored',
    'shown',
    'guessed; mean and contrast are given',
    'true',
  ])
})
