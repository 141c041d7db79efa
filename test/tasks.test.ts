import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { sharp } from '../src/data/sharp.js'
import { methods, type Pretext } from '../src/index.js'
import { described } from '../src/methods/described.js'
import { encoderNameOf } from '../src/nn/encoder.js'
import { emoji, lacuna, temporary } from './lacuna.js'

const folder = temporary()
const data = join(folder, 'emoji')
const STEPS = 150

/** Base emoji only, one in five for the test: skin tones of one emoji would stand on both sides. */
beforeAll(() => {
  const base = readdirSync(emoji).filter(name => !/1f3f[b-f]/.test(name))
  for (const part of ['train', 'test']) mkdirSync(join(data, part), { recursive: true })
  for (const [i, name] of base.entries())
    copyFileSync(join(emoji, name), join(data, i % 5 === 0 ? 'test' : 'train', name))
})

const ofPictures = methods.filter(method => Object.keys(method.reads({})).join() === 'image')

describe.each(ofPictures.map(method => [method.name, encoderNameOf(method.encoder ?? 'c4-half')] as const))(
  '%s on emoji',
  (method, encoder) => {
    const out = join(folder, method)

    test('can be looked at before it is trained', async () => {
      const sheet = join(folder, `${method}.png`)
      const ended = await lacuna(
        'preview',
        method,
        data,
        '--size',
        '32',
        '--encoder',
        encoder,
        '--count',
        '4',
        '--out',
        sheet,
      )
      expect(ended.code, ended.err).toBe(0)
      const { channels } = await sharp(sheet).stats()
      for (const { stdev } of channels.slice(0, 3)) expect(stdev).toBeGreaterThan(20)
    })

    test('does its task on pictures held out better than what needs no learning', async () => {
      const settings = ['--size', '32', '--encoder', encoder, '--steps', `${STEPS}`, '--batch', '32', '--lr', '8e-3']
      const trained = await lacuna('pretrain', method, data, ...settings, '--out', out)
      expect(trained.code, trained.err).toBe(0)
      const ended = await lacuna('pretext', out, data, '--json')
      expect(ended.code, ended.err).toBe(0)
      const document = JSON.parse(ended.out) as Pretext & { data: unknown }
      expect(document).toEqual(JSON.parse(readFileSync(join(out, 'pretext.json'), 'utf8')))
      const { measures, alarms, pictures, data: read } = document
      expect(read).toEqual({ skipped: [], notes: expect.any(Array) })
      expect(pictures).toBeGreaterThan(300)
      expect(alarms).toEqual([])
      const [first] = measures
      const [trivial = Number.NaN] = Object.values(first?.baselines ?? {})
      const gain = first?.better === 'higher' ? (first.value ?? 0) - trivial : trivial - (first?.value ?? 0)
      expect(gain, JSON.stringify(measures)).toBeGreaterThan(0.05 * Math.abs(trivial))
    })
  },
)

test('`lacuna methods` says what the methods themselves say', async () => {
  expect(JSON.parse((await lacuna('methods', '--json')).out)).toEqual(
    JSON.parse(JSON.stringify(methods.map(described))),
  )
  for (const { name, options } of methods.map(described)) {
    const { out } = await lacuna('methods', name)
    for (const option of Object.keys(options.properties ?? {})) expect(out).toContain(`  ${option}`)
  }
})
