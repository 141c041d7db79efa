import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { CONFIG_VERSION, type RunConfig } from '../assembly/config.js'
import { plainReading } from '../data/index.js'
import { isRunFolder } from '../data/run-folder.js'
import { put, temporaryFolder } from '../data/testing.js'
import { issuesOf, LacunaError } from '../errors.js'
import { isRun, readConfig, writeConfig } from './config.js'
import { readMetrics } from './metrics.js'
import { readSettings } from './settings.js'

const config: RunConfig = {
  version: CONFIG_VERSION,
  method: 'simclr',
  options: { temperature: 0.5, views: { crop: [0.2, 1] } },
  encoder: 'c4-half',
  channels: { image: { kind: 'image', size: 32, colours: 3 } },
  reading: plainReading,
  data: { source: '/pictures', records: 100, fingerprint: 'made up' },
  batch: 16,
  steps: 120,
  seed: 7,
  optimiser: 'adamw',
  learningRate: 6.25e-5,
  weightDecay: 1e-4,
  warmup: 0.05,
  products: 'fp32',
  clip: 0,
  device: 'cpu',
}

test.each([config, { ...config, weights: 'weights.safetensors' }])('a config comes back as it was written', given => {
  const folder = join(temporaryFolder(), 'run')
  expect(isRun(folder)).toBe(false)
  writeConfig(folder, given)
  expect(isRun(folder)).toBe(true)
  expect(readConfig(folder)).toEqual(given)
  expect(readFileSync(join(folder, 'config.json'), 'utf8')).toContain('\n  "method": "simclr",\n') // to be read by people
})

test('a run that says nothing of its products is of before they were int8 unless told, and in fp32', () => {
  const { products: _, ...before } = config
  const folder = put(temporaryFolder(), { 'config.json': JSON.stringify(before) })
  expect(readConfig(folder).products).toBe('fp32')
  expect(readSettings(join(folder, 'config.json')).train.products).toBe('fp32')
})

describe('refused in one line that names the file', () => {
  const without = ({ seed: _, ...rest }: RunConfig) => rest
  test.each([
    ['half of it', JSON.stringify(config).slice(0, 100), 'damaged'],
    ['an unknown key and a missing one', JSON.stringify({ ...without(config), bacth: 3 }), '"bacth"'],
    ['another version', JSON.stringify({ ...config, version: CONFIG_VERSION + 1 }), 'version: '],
    ['a missing key', JSON.stringify(without(config)), 'seed: '],
    ['no steps', JSON.stringify({ ...config, steps: 0 }), 'steps: '],
    ['nothing', '', 'damaged'],
    ['another value', 'null', 'damaged'],
  ])('%s', (_, text, says) => {
    const folder = put(temporaryFolder(), { 'config.json': text })
    const read = () => readConfig(folder)
    expect(read).toThrow(LacunaError)
    expect(read).toThrow(says)
    expect(read).toThrow(/^[^\n]*config\.json: damaged or from another version of Lacuna \([^\n]*\); train again$/)
  })

  test.each([
    ['at the top', { ...config, sede: 3 }, 'unknown "sede" (did you mean seed?)'],
    [
      'further in',
      { ...config, data: { ...config.data, recodrs: 3 } },
      'data: unknown "recodrs" (did you mean records?)',
    ],
  ])('a key that nobody knows, %s: which, the nearest, and that the run can be read without', (_, written, says) => {
    const folder = put(temporaryFolder(), { 'config.json': JSON.stringify(written) })
    expect(() => readConfig(folder)).toThrow(
      new LacunaError(
        `${join(folder, 'config.json')}: ${says}; nothing else is wrong in it, remove that to read the run`,
      ),
    )
  })

  test('a folder that is no run', () => {
    const folder = temporaryFolder()
    expect(() => readConfig(folder)).toThrow(
      new LacunaError(`${folder}: not a run folder (no config.json); name the --out folder of \`lacuna pretrain\``),
    )
  })
})

test('all that a schema finds wrong is on one line, each with its place', () => {
  const { error } = z.strictObject({ a: z.object({ b: z.number() }), c: z.string() }).safeParse({ a: { b: 'x' }, d: 1 })
  const text = error === undefined ? '' : issuesOf(error)
  for (const part of ['a.b: ', 'c: ', '"d"']) expect(text).toContain(part)
  expect(text.split('; ')).toHaveLength(3)
})

test.skipIf(process.platform === 'win32')('a pipe in the place of a file is not waited for', () => {
  const folder = temporaryFolder()
  execFileSync('mkfifo', [join(folder, 'config.json'), join(folder, 'metrics.jsonl')])
  expect(() => readConfig(folder)).toThrow('is not a regular file')
  expect(() => readMetrics(folder)).toThrow('is not a regular file')
  expect(isRunFolder(folder)).toBe(false)
})
