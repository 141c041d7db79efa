import { createHash } from 'node:crypto'
import {
  closeSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memorySet, put, temporaryFolder } from '../data/testing.js'
import { loadCheckpoint } from '../runs/checkpoint.js'
import { readConfig, writeConfig } from '../runs/config.js'
import { readMetrics } from '../runs/metrics.js'
import type { PretrainOptions } from './options.js'
import { pretrain } from './pretrain.js'

const options = {
  encoder: 'c4-half',
  batch: 8,
  threads: 1,
  steps: 4,
  seed: 3,
  options: { projection: 16, views: { crop: [0.6, 1], jitter: 0, greyscale: 0 } },
} as const satisfies Omit<PretrainOptions, 'out'>

/** Runs of four steps, trained once; each test gets a copy. */
const made = mkdtempSync(join(tmpdir(), 'lacuna-runs-'))
beforeAll(async () => {
  for (const [name, more] of [
    ['whole', {}],
    ['saved-twice', { saveEvery: 2 }],
  ] as const)
    await pretrain('simclr', memorySet(20), { ...options, ...more, out: join(made, name) })
})
afterAll(() => rmSync(made, { recursive: true }))
function copyOf(name: 'whole' | 'saved-twice'): string {
  const out = join(temporaryFolder(), 'run')
  cpSync(join(made, name), out, { recursive: true })
  return out
}
const resumed = (out: string, more: Partial<PretrainOptions> = {}, pictures = memorySet(20)) =>
  pretrain('simclr', pictures, { threads: 1, ...more, out, resume: true })
/** A digest of the last checkpoint: all its bytes are too many for a test to compare one by one. */
const bytesOf = (out: string) =>
  createHash('sha256')
    .update(readFileSync(join(out, 'checkpoint', 'state.safetensors')))
    .digest('hex')

/** Changes one byte of the numbers. */
function flip(path: string): void {
  const file = openSync(path, 'r+')
  writeSync(file, Uint8Array.of(0x55), 0, 1, readFileSync(path).length - 6)
  closeSync(file)
}

describe('a run goes on only as it was started', () => {
  test('what is given again and differs is listed, and nothing is touched', async () => {
    const out = copyOf('whole')
    const before = bytesOf(out)
    const other = { batch: 4, encoder: 'resnet18', learningRate: 5, options: { projection: 8, temperature: 0.5 } }
    await expect(resumed(out, other)).rejects.toThrow(
      /a run goes on as it was started, but --encoder is "resnet18" where it was "c4-half", --batch is 4 where it was 8, --lr is 5 where it was [\d.]+, --set projection is 8 where it was 16; leave these away/,
    )
    await expect(resumed(out, { steps: 3 })).rejects.toThrow('--steps is 3 where it was 4')
    expect(bytesOf(out)).toEqual(before)
  })

  test('the same again, device and threads are no difference', async () => {
    const out = copyOf('whole')
    const again = { ...options, options: { projection: 16, views: { crop: [0.6, 1] } }, threads: 2, warmup: 0.05 }
    expect(await resumed(out, again)).toMatchObject({ step: 4, interrupted: false })
  })

  test.each([
    ['int8', 'fp32'],
    ['fp32', 'int8'],
  ] as const)('in %s products, not in %s, and told nothing of them in what it was', async (was, other) => {
    const out = copyOf('whole')
    writeConfig(out, { ...readConfig(out), products: was })
    await expect(resumed(out, { products: other })).rejects.toThrow(`--products is "${other}" where it was "${was}"`)
    for (const products of [was, 'auto', undefined] as const)
      expect((await resumed(out, { products })).config.products).toBe(was)
  })

  test('a run that is done is left as it is, and says so', async () => {
    const out = copyOf('saved-twice')
    const previous = join(out, 'checkpoint', 'previous.safetensors')
    const before = readFileSync(previous)
    const notes: string[] = []
    expect(await resumed(out, { onNote: note => notes.push(note) })).toMatchObject({ step: 4, interrupted: false })
    expect(notes).toEqual([expect.stringContaining('all its 4 steps were taken before, there is nothing to train')])
    expect(readFileSync(previous).equals(before)).toBe(true)
  })

  test('more steps lengthen it, and the rate is said to rise again', async () => {
    const out = copyOf('whole')
    const notes: string[] = []
    expect(await resumed(out, { steps: 9, onNote: note => notes.push(note) })).toMatchObject({ step: 9 })
    expect(readConfig(out).steps).toBe(9)
    expect(notes).toEqual([
      expect.stringMatching(/^The run is lengthened from 4 to 9 steps: .* at step 4 it is 0\.\d+ instead of 0\.0\.$/),
    ])
    expect(readMetrics(out).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test('other pictures of the same number are refused', async () => {
    const out = copyOf('whole')
    const other = { ...memorySet(20), fingerprint: 'others' }
    await expect(resumed(out, {}, other)).rejects.toThrow('are not those that it was trained on (from memory)')
  })
})

describe('the last two checkpoints', () => {
  test('are kept; a damaged last one is told of by everyone, and gone on from the one before bit by bit', async () => {
    const whole = join(made, 'whole')
    const out = copyOf('saved-twice')
    expect(bytesOf(out)).toEqual(bytesOf(whole))
    const state = join(out, 'checkpoint', 'state.safetensors')
    flip(state)
    expect(() => loadCheckpoint(out)).toThrow(
      `${state}: damaged: its data is not what was written (the checksum is another); take another copy of this file, or make it again; the one before it, of step 2, is whole: \`lacuna pretrain … --resume\` goes on from there`,
    )
    const notes: string[] = []
    await resumed(out, { onNote: note => notes.push(note) })
    expect(notes).toEqual([expect.stringContaining('goes on from the checkpoint before it, of step 2')])
    expect(bytesOf(out)).toEqual(bytesOf(whole))
    expect(existsSync(join(out, 'checkpoint', 'damaged.safetensors'))).toBe(true)
  })

  test('a process killed between two renames leaves the one before', async () => {
    const whole = join(made, 'whole')
    const out = copyOf('saved-twice')
    rmSync(join(out, 'checkpoint', 'state.safetensors'))
    expect(loadCheckpoint(out).step).toBe(2)
    await resumed(out)
    expect(bytesOf(out)).toEqual(bytesOf(whole))
  })

  test('both damaged: refused', async () => {
    const out = copyOf('saved-twice')
    for (const name of ['state', 'previous']) flip(join(out, 'checkpoint', `${name}.safetensors`))
    await expect(resumed(out)).rejects.toThrow('damaged')
  })
})

describe('a training that diverges', () => {
  const wild = { learningRate: 1e30, warmup: 0 }

  test('before its first checkpoint leaves a folder that can be used again', async () => {
    const out = join(temporaryFolder(), 'run')
    const start = (more: object) => pretrain('simclr', memorySet(20), { ...options, ...more, out })
    await expect(start(wild)).rejects.toThrow(
      'nothing was saved: run the same command again, without --resume, with a lower --lr',
    )
    expect(existsSync(join(out, 'checkpoint'))).toBe(false)
    expect(await start({})).toMatchObject({ step: 4 })
    expect(readMetrics(out).map(({ step }) => step)).toEqual([1, 2, 3, 4])
  })

  test('with a loss that is a number but far above chance is not saved', async () => {
    const out = join(temporaryFolder(), 'run')
    const rotation = pretrain('rotation', memorySet(20), {
      out,
      encoder: 'c4-half',
      batch: 8,
      threads: 1,
      steps: 12,
      learningRate: 1e6,
    })
    await expect(rotation).rejects.toThrow(/diverged at step \d+: /)
    expect(existsSync(join(out, 'checkpoint'))).toBe(false)
  })
})

test('two at once into one folder: the second is refused, the first is whole', async () => {
  const out = join(temporaryFolder(), 'run')
  const start = () => pretrain('simclr', memorySet(20), { ...options, out })
  const [first, second] = await Promise.allSettled([start(), start()])
  expect(first).toMatchObject({ status: 'fulfilled', value: { step: 4 } })
  expect(second).toMatchObject({ status: 'rejected' })
  expect(`${second.status === 'rejected' && second.reason}`).toContain('is being trained by this process')
  expect(readMetrics(out).map(({ step }) => step)).toEqual([1, 2, 3, 4])
  expect(readdirSync(out)).not.toContain('lock.json')
})

test('a folder that is moved while training is made anew, with everything so far', async () => {
  const out = join(temporaryFolder(), 'run')
  const notes: string[] = []
  let taken = 0
  await pretrain('simclr', memorySet(20), {
    ...options,
    out,
    saveEvery: 1,
    onNote: note => notes.push(note),
    onStep: () => ++taken === 2 && renameSync(out, `${out}-moved`),
  })
  expect(notes).toEqual([expect.stringContaining('was moved or removed while training; made anew')])
  expect(readMetrics(out).map(({ step }) => step)).toEqual([1, 2, 3, 4])
  expect(bytesOf(out)).toEqual(bytesOf(copyOf('whole')))
  expect(readConfig(out).steps).toBe(4)
})

test('a folder that is moved while training, and its place taken: all goes on beside, to the same numbers', async () => {
  const out = join(temporaryFolder(), 'run')
  const notes: string[] = []
  let taken = 0
  const { directory } = await pretrain('simclr', memorySet(20), {
    ...options,
    out,
    saveEvery: 1,
    onNote: note => notes.push(note),
    onStep: () => {
      if (++taken !== 2) return
      renameSync(out, `${out}-moved`)
      put(out, { 'thesis.tex': 'mine' })
    },
  })
  expect(directory).toBe(`${out}-2`)
  expect(notes).toEqual([expect.stringContaining(`the training goes on in ${directory}`)])
  expect(readdirSync(out)).toEqual(['thesis.tex'])
  expect(readMetrics(directory).map(({ step }) => step)).toEqual([1, 2, 3, 4])
  expect(bytesOf(directory)).toEqual(bytesOf(copyOf('whole')))
  expect(readdirSync(directory)).not.toContain('lock.json')
})

test('a file where the folder should be', async () => {
  const folder = put(temporaryFolder(), { out: 'mine' })
  const refused = pretrain('simclr', memorySet(20), { ...options, out: join(folder, 'out') })
  await expect(refused).rejects.toThrow('out: is a file; choose another --out')
})

test.each([
  ['no pictures', ['simclr', undefined, { out: 'x' }], 'pictures that `openPictures` gave'],
  ['a path for pictures', ['simclr', 'photos', { out: 'x' }], 'pictures that `openPictures` gave'],
  ['no options', ['simclr', memorySet(4)], 'options with `out`'],
  ['no method', [undefined, memorySet(4), { out: 'x' }], 'a method or its name'],
])('called with %s', async (_, args, says) => {
  const call = pretrain as (...args: readonly unknown[]) => Promise<unknown>
  await expect(call(...args)).rejects.toThrow(expect.objectContaining({ name: 'LacunaError', exitCode: 2 }))
  await expect(call(...args)).rejects.toThrow(says)
})
