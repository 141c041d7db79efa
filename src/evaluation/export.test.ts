import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { memorySet, put, temporaryFolder } from '../data/testing.js'
import { Engine } from '../engine/engine.js'
import { LacunaError } from '../errors.js'
import { tinyAudioEncoder } from '../nn/audio/testing.js'
import { openRun } from '../runs/run.js'
import { pretrain } from '../training/pretrain.js'
import { MARK } from './card.js'
import { compared, exportEncoder, replace } from './export.js'
import { loudFrames, recordingsOf, spoken } from './testing-sound.js'

test('vectors are compared by their size: what float32 rounds off 34 is no difference, and would be one of 1', () => {
  const vectors = (largest: number, off: number) =>
    [Float32Array.of(largest, -1e-3, 0), Float32Array.of(largest + off, -1e-3, 0)] as const
  expect(compared('run', ...vectors(34, 2.19e-5))).toMatchObject({ largest: 34 })
  expect(() => compared('run', ...vectors(1, 2.19e-5))).toThrow(
    /^run: the exported model differs .* by 0\.0000219 in vectors of up to 1\.00/,
  )
  expect(() => compared('run', ...vectors(0.01, 1e-6))).toThrow('differs')
})

test('a number that is none, or is missing, is a difference', () => {
  expect(() => compared('run', Float32Array.of(1, 2), [1, Number.NaN])).toThrow('by NaN')
  expect(() => compared('run', Float32Array.of(1, 2), [1])).toThrow('by NaN')
})

const FILES = ['README.md', 'encoder.onnx', 'encoder.safetensors']
/** Of no process: the largest number that Linux gives is 2^22 */
const NOBODY = 2 ** 30

test('a new folder appears whole or not at all; what killed exports left is removed, what is of others is not', async () => {
  const folder = temporaryFolder()
  const [run, out] = [join(folder, 'run'), join(folder, 'encoder')]
  await pretrain('rotation', memorySet(20), { out: run, encoder: 'c4-half', batch: 8, steps: 1, threads: 1 })
  put(folder, { [`encoder.export.${NOBODY}.part/encoder.onnx`]: 'torn', [`encoder.${NOBODY}.part`]: 'a download' })

  const seen: boolean[] = []
  const running = vi.spyOn(Engine.prototype, 'run').mockImplementation(() => {
    seen.push(existsSync(out))
    return Promise.reject(new LacunaError('no room'))
  })
  await expect(exportEncoder(run, out)).rejects.toThrow('no room')
  running.mockRestore()
  expect(seen).toEqual([false])
  expect(readdirSync(folder)).toEqual([`encoder.${NOBODY}.part`, 'run'])

  await exportEncoder(run, out)
  expect(readdirSync(out).sort()).toEqual(FILES)
  put(out, { [`export.${NOBODY}.part/encoder.onnx`]: 'torn', 'mine.txt': 'mine' })
  await exportEncoder(run, out)
  expect(readdirSync(out).sort()).toEqual([...FILES, 'mine.txt'])
  expect(readFileSync(join(out, 'README.md'), 'utf8')).toContain('trained with rotation')
})

test('an export that is broken off while it replaces another is told by its card, and may be written again', () => {
  const made = put(temporaryFolder(), { 'encoder.onnx': 'new', 'encoder.safetensors': 'new', 'README.md': 'new' })
  const out = put(temporaryFolder(), {
    'encoder.onnx': 'old',
    'encoder.safetensors/in the way': '',
    'README.md': 'old',
  })
  expect(() => replace(made, out, ['encoder.onnx', 'encoder.safetensors', 'README.md'])).toThrow()
  expect(readFileSync(join(out, 'encoder.onnx'), 'utf8')).toBe('new')
  const card = readFileSync(join(out, 'README.md'), 'utf8')
  expect(card).toContain('Not finished')
  expect(card.startsWith(MARK)).toBe(true)
})

test.each([
  ['tiny-sound', recordingsOf([30, 400, 90, 77, 300, 200, 100, 50]), {}],
  ['cpc-small', spoken(8).recordings, { pool: 'mean-sd' as const }],
  ['log-mel-small', spoken(8).recordings, { layer: 2 }],
  ['wav2vec2-small', spoken(8).recordings, {}],
])(
  '%s is exported with windows of its own: recordings of any length give the vectors and frames of the run',
  async (encoder, recordings, place) => {
    const folder = temporaryFolder()
    const [directory, out] = [join(folder, 'run'), join(folder, 'encoder')]
    const own = encoder === tinyAudioEncoder.name ? tinyAudioEncoder : encoder
    await pretrain(loudFrames, recordings, { out: directory, encoder: own, steps: 1, threads: 1 })
    const run = openRun(directory, { methods: [loudFrames], encoders: [tinyAudioEncoder] })
    const { files, takes, difference, largest } = await exportEncoder(run, out, place)
    expect([files, takes]).toEqual([['encoder.onnx', 'encoder.safetensors', 'README.md'], 'a recording of any length'])
    expect(difference).toBeLessThan(1e-5 * largest)
    const card = readFileSync(join(out, 'README.md'), 'utf8')
    expect(card).toContain('Turns a recording of any length into')
    expect(card).not.toMatch(/picture|pixel|undefined|NaN/)
  },
)
