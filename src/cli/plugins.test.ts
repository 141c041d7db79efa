import { join } from 'node:path'
import { expect, test } from 'vitest'
import { put, temporaryFolder } from '../data/testing.js'
import { isPath, learnerOf, loadPlugins } from './plugins.js'

const made = (name: string, more = '') =>
  `export const one = globalThis.make({ name: '${name}', ${more} shown: '', hidden: '', paper: '', training: { optimiser: 'sgd', learningRate: 1, weightDecay: 0, batch: 2 }, reads: {}, options: globalThis.anything, build: () => ({}) })\n`

/** Modules beside each other, which make methods with the copy of Lacuna that is tested. */
async function modules(files: Readonly<Record<string, string>>): Promise<string> {
  const { defineMethod } = await import('../methods/method.js')
  const { z } = await import('zod')
  const { defineEncoder } = await import('../nn/encoder.js')
  const { defineReader } = await import('../data/reader.js')
  Object.assign(globalThis, {
    makeReader: defineReader,
    make: defineMethod,
    makeEncoder: defineEncoder,
    anything: z.strictObject({}),
  })
  return put(temporaryFolder(), files)
}

test('what looks like a path is one', () => {
  for (const path of ['./a', '../a.js', '/a', 'a.mjs', 'a/b.ts', 'C:\\a.js', '.\\a']) expect(isPath(path)).toBe(true)
  for (const name of ['simclr', 'my-method', 'resnet18', 'jsx', 'my-package/method']) expect(isPath(name)).toBe(false)
})

test('whatever a module exports is known, alone, in lists and as its default, once', async () => {
  const folder = await modules({
    'both.mjs': `${made('one')}
      export default one
      export const more = [one, globalThis.makeEncoder({ name: 'small', reads: 'image', build() {} }), 5]
      export const reader = globalThis.makeReader({ name: 'lines', open() {} })`,
  })
  const file = join(folder, 'both.mjs')
  const { methods, encoders, readers, files } = await loadPlugins([file, file])
  expect([methods.map(({ name }) => name), encoders.map(({ name }) => name), files]).toEqual([
    ['one'],
    ['small'],
    [file],
  ])
  expect(readers.map(({ name }) => name)).toEqual(['lines'])
  const { method, settings } = await learnerOf(file, { encoder: 'small', batch: 4 })
  expect(method).toBe(methods[0])
  expect(settings).toEqual({ batch: 4, encoder: encoders[0], plugins: [file] })
  // a run that goes on has no encoder named, and yet one of its own
  expect((await learnerOf('one', { plugins: [file] }, 'small')).settings.encoder).toBe(encoders[0])
  expect((await learnerOf('simclr', { encoder: 'c4' })).settings).toEqual({ encoder: 'c4' })
})

test('a word that is neither a file nor a package that is installed', async () => {
  await expect(loadPlugins(['not-there'])).rejects.toThrow(
    '--plugin not-there: neither a file nor a package that is installed here',
  )
})

test.each([
  ['no such file', 'none.mjs', /none\.mjs: no such file; name the module/],
  ['nothing of ours', 'nothing.mjs', /exports nothing that `defineMethod`.* gave \(its exports: x\)/],
  ['throws', 'throws.mjs', /throws\.mjs: could not be loaded: not today$/],
  ['not JavaScript', 'broken.mjs', /broken\.mjs: could not be loaded: /],
  ['a name that is taken', 'taken.mjs', /the method simclr: Lacuna has one of that name itself/],
  ['not whole', 'half.mjs', /the method half: training\.batch: /],
  ['no method', 'encoder.mjs', /encoder\.mjs: exports no method$/],
  [
    'several',
    'several.mjs',
    /exports the methods one, two; name one of them, such as one, and add --plugin .*several\.mjs/,
  ],
])('a module that cannot serve is told (%s)', async (_, name, message) => {
  const folder = await modules({
    'nothing.mjs': 'export const x = 1',
    'throws.mjs': 'throw new Error("not today\\nat all")',
    'broken.mjs': 'export {',
    'taken.mjs': made('simclr'),
    'half.mjs': made('half').replace('batch: 2', 'batch: 0'),
    'encoder.mjs': `export default globalThis.makeEncoder({ name: 'small', reads: 'image', build() {} })`,
    'several.mjs': `${made('one')}export const two = { ...one, name: 'two' }`,
  })
  await expect(learnerOf(join(folder, name), {})).rejects.toMatchObject({
    name: 'LacunaError',
    exitCode: 2,
    message: expect.stringMatching(message),
  })
})

test('two of one name are refused', async () => {
  const folder = await modules({ 'a.mjs': made('same'), 'b.mjs': made('same') })
  const both = ['a.mjs', 'b.mjs'].map(file => join(folder, file))
  await expect(loadPlugins(both)).rejects.toThrow('--plugin: two modules have the method same')
})
