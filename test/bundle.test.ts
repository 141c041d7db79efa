import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'vite'
import { expect, test } from 'vitest'
import { bundleCore } from '../scripts/core.js'
import { emoji, temporary } from './lacuna.js'

const external = ['onnxruntime-node', 'sharp']

/** What a bundler's user would write: trains for two steps, embeds, and hears of a device that is not there. */
const program = `
import { mkdirSync, readdirSync, copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { embed, LacunaError, openPictures, pretrain } from ${JSON.stringify(resolve('dist/index.js'))}

async function main() {
  const [, , folder, emoji] = process.argv
  const pictures = join(folder, 'pictures')
  mkdirSync(pictures)
  for (const name of readdirSync(emoji).slice(0, 12)) copyFileSync(join(emoji, name), join(pictures, name))
  const set = await openPictures(pictures, { size: 16, cache: join(folder, 'cache') })
  const out = join(folder, 'run')
  const { step } = await pretrain('rotation', set, { out, encoder: 'c4-half', batch: 4, steps: 2 })
  const { count } = await embed(out, set)
  const error = await embed(out, set, { threads: 9999 }).catch(error => error)
  console.log(JSON.stringify({ step, count, ours: error instanceof LacunaError }))
}
main()
`

test.each([
  ['es', 'main.mjs'],
  ['cjs', 'main.cjs'],
] as const)('a bundle (%s) without the worker trains and embeds', async (format, file) => {
  const folder = temporary()
  const entry = join(folder, 'entry.mjs')
  writeFileSync(entry, program)
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'dir') // the two that no bundler can take in
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { external, noExternal: true },
    build: { ssr: entry, outDir: join(folder, 'out'), rolldownOptions: { output: { format, entryFileNames: file } } },
  })
  const ended = await promisify(execFile)(process.execPath, [join(folder, 'out', file), folder, emoji])
  expect(JSON.parse(ended.stdout)).toEqual({ step: 2, count: 12, ours: true })

  const elsewhere = temporary()
  const alone = join(elsewhere, file)
  copyFileSync(join(folder, 'out', file), alone)
  mkdirSync(join(elsewhere, 'node_modules'))
  symlinkSync(resolve('node_modules/sharp'), join(elsewhere, 'node_modules/sharp'), 'dir')
  await expect(promisify(execFile)(process.execPath, [alone, folder, emoji])).rejects.toThrow(
    /LacunaError: ONNX Runtime is not there: `npm install onnxruntime-node@1\.30\.0 --ignore-scripts`/,
  )
})

test('what computes, from channels to assembly, is bundled for a browser', async () => {
  const { file, text } = await bundleCore(temporary())
  expect(text).not.toMatch(/["'](node:|sharp["']|onnxruntime-node)/)
  const { assemble, encoderNamed, rotation } = (await import(file)) as typeof import('../src/assembly/assemble.js') &
    typeof import('../src/methods/index.js') &
    typeof import('../src/nn/encoders.js')
  const definitions = { method: rotation, encoder: encoderNamed('c4-half') }
  expect(
    assemble({ options: {}, channels: { image: { kind: 'image', size: 32, colours: 3 } } }, definitions).names.size,
  ).toBeGreaterThan(10)
})
