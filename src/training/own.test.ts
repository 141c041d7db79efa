import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { PictureSet } from '../data/index.js'
import { memorySet, temporaryFolder } from '../data/testing.js'
import { embed, evaluate, exportEncoder, pretext } from '../evaluation/index.js'
import { defineMethod, type Method, rotation } from '../methods/index.js'
import { defineEncoder, type EncoderDefinition } from '../nn/encoder.js'
import { makeEncoder } from '../nn/encoders.js'
import { pretrain } from '../pretrain.js'
import { readConfig } from '../runs/config.js'
import { openRun, openRuns } from '../runs/run.js'
import { preview, previewRun } from './preview.js'

const turned: Method = { ...rotation, name: 'turned' }
const small = defineEncoder({ name: 'small', reads: 'image', build: input => makeEncoder('c4-half', input) })
const labelled = (set: PictureSet): PictureSet => ({
  ...set,
  items: set.items.map(item => ({ ...item, label: Number(item.name) % 2 === 0 ? 'even' : 'odd' })),
  classes: ['even', 'odd'],
  subset: positions => labelled(set.subset(positions)),
})
const pictures = labelled(memorySet(16))
const quick = { batch: 8, steps: 2, threads: 1 } as const
const folder = () => join(temporaryFolder(), 'run')

test('a run by a method and an encoder of one’s own does all that another does, to the same numbers', async () => {
  const [own, built] = [folder(), folder()]
  const run = await pretrain(turned, pictures, { ...quick, encoder: small, out: own })
  await pretrain('rotation', pictures, { ...quick, encoder: 'c4-half', out: built, report: false })
  expect(run.report).toBe(join(own, 'report.html'))
  expect(readConfig(own)).toEqual({ ...readConfig(built), method: 'turned', encoder: 'small' })

  const opened = openRun(own, { methods: [turned], encoders: [small] })
  const vectors = await embed(opened, pictures)
  expect(vectors).toEqual(await embed(built, pictures))
  expect((await pretext(opened, pictures)).measures).toEqual((await pretext(built, pictures)).measures)
  expect((await previewRun(opened, pictures, 2)).columns).toEqual((await previewRun(built, pictures, 2)).columns)
  const scores = await evaluate(opened, pictures, { seeds: 1, labels: ['all'] })
  expect(scores.knns).toEqual((await evaluate(built, pictures, { seeds: 1, labels: ['all'] })).knns)
  expect(await evaluate([opened], pictures, { seeds: 1, labels: ['all'] })).toEqual(scores)
  const { k, notes } = await evaluate(opened, pictures, { seeds: 1, labels: ['all'], k: 500 })
  expect(k).toBe(scores.k)
  expect(notes).toEqual([...scores.notes, expect.stringContaining(`kNN: ${k} neighbours vote, not 500: at most half`)])
  const { width, files } = await exportEncoder(opened, join(own, '..', 'encoder'))
  expect(width).toBe(vectors.width)
  expect(files).toContain('encoder.onnx')

  await expect(embed(own, pictures)).rejects.toThrow(
    `${own}: its method turned is none of Lacuna's: add --plugin <module>, the module that exports it, or in a program openRun(folder, { methods: [it] })`,
  )
  expect(() => openRuns(join(own, '..'), { methods: [turned] })).toThrow('its encoder small is none of Lacuna')
  const more = { ...quick, steps: 3, out: own, resume: true, report: false }
  await expect(pretrain(turned, pictures, more)).rejects.toThrow('its encoder small is none of Lacuna')
  expect((await pretrain(turned, pictures, { ...more, encoder: small })).step).toBe(3)
})

test('where the module of a run lay is told, and asked for by name', async () => {
  const out = folder()
  await pretrain(turned, pictures, { ...quick, encoder: 'c4-half', out, report: false, plugins: ['/there/turned.js'] })
  expect(() => openRun(out)).toThrow('add --plugin /there/turned.js, the module that exports it')
})

test('an encoder that a method brings needs no further word', async () => {
  const out = folder()
  const method: Method = { ...turned, encoder: small }
  await pretrain(method, pictures, { ...quick, out, report: false })
  expect(openRun(out, { methods: [method] }).encoder).toBe(small)
  expect((await preview(method, pictures, { count: 2 })).names).toHaveLength(2)
})

const { madeBy: _, ...unmade } = turned
test.each<[string, unknown, string]>([
  ['no object', 5, 'pretrain: a method or its name as the first argument expected'],
  ['made by hand', unmade, 'the method turned: what `defineMethod` gives is expected, got an object with name, shown,'],
  ['the name of another', { ...turned, name: 'simclr' }, 'the method simclr: Lacuna has one of that name itself'],
  ['no name', { ...turned, name: 'my method' }, 'the method my method: name: letters, digits and - are expected'],
  ['not whole', { ...turned, shown: undefined }, 'the method turned: shown: Invalid input: expected string'],
  ['no schema', { ...turned, options: {} }, 'the method turned: options: a schema of zod 4 is expected'],
  ['an encoder that is none', { ...turned, encoder: {} }, 'the encoder: what `defineEncoder` gives is expected'],
])('a method that is none (%s) is told before anything is done', async (_, method, message) => {
  await expect(pretrain(method as Method, pictures, { ...quick, out: folder() })).rejects.toThrow(message)
})

test.each<[string, Partial<EncoderDefinition>, string]>([
  ['the name of another', { name: 'vit-tiny/8' }, 'the encoder vit-tiny/8: Lacuna has one of that name itself'],
  ['no kind', { reads: 'smell' as 'image' }, 'the encoder small: reads: Invalid option: expected one of "image"'],
  ['another kind', { reads: 'audio' }, 'turned wants an encoder for image, and small is one for audio'],
])('an encoder that is none (%s)', async (_, changes, message) => {
  const encoder = { ...small, ...changes }
  await expect(pretrain(turned, pictures, { ...quick, encoder, out: folder() })).rejects.toThrow(message)
})

test('what another copy of Lacuna has made is refused by name, and so are its tensors inside a method of this one', async () => {
  vi.resetModules()
  const other = await import('../methods/index.js')
  const layers = await import('../nn/layers.js')
  expect(other.defineMethod).not.toBe(defineMethod)
  const theirs: Method = { ...other.rotation, name: 'theirs' }
  await expect(pretrain(theirs, pictures, { ...quick, out: folder() })).rejects.toThrow(
    /^the method theirs was made with another copy of Lacuna \(version .*\), and two copies share no tensors; install it once/,
  )
  const mixed: Method = {
    ...turned,
    build: context => ({ ...turned.build(context), heads: { other: layers.linear(2, 2) } }),
  }
  await expect(pretrain(mixed, pictures, { ...quick, encoder: 'c4-half', out: folder() })).rejects.toThrow(
    'the method turned: its variable other.weight was made with another copy of Lacuna',
  )
})
