import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { put, temporaryFolder } from '../../data/testing.js'
import { loadRuntime, ort } from './runtime.js'
import { carried, isCarried } from './runtime-place.js'

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

test('an installation runs no script: onnxruntime-node is no dependency', () => {
  const { dependencies, optionalDependencies, peerDependenciesMeta } = read('package.json')
  expect(dependencies).not.toHaveProperty('onnxruntime-node')
  expect(optionalDependencies).toBeUndefined()
  expect(peerDependenciesMeta['onnxruntime-node']).toEqual({ optional: true })
  const { packages } = read('package-lock.json')
  const scripts = Object.entries<Record<string, boolean>>(packages).filter(
    ([, { dev, optional, hasInstallScript }]) => !dev && !optional && hasInstallScript,
  )
  expect(scripts).toEqual([])
})

test('an onnxruntime-node of our release beside Lacuna is taken, and the copy that is carried has the same release', () => {
  expect(carried).toBe(false)
  expect(ort).toBe(createRequire(import.meta.url)('onnxruntime-node'))
  const { version } = read('node_modules/onnxruntime-node/package.json')
  expect(read('package.json').dependencies['onnxruntime-common']).toBe(version)
})

/** As of a file of Lacuna's in an installation that holds these files. */
const requireAmong = (files: Record<string, string>) =>
  createRequire(join(put(temporaryFolder(), files), 'lacuna', 'engine', 'node', 'runtime.js'))

/** An onnxruntime-node of some release beside Lacuna, and the copy that Lacuna carries. */
const installation = (version: string, index = "exports.from = 'beside'") => ({
  'node_modules/onnxruntime-node/package.json': JSON.stringify({ version, main: 'index.js' }),
  'node_modules/onnxruntime-node/index.js': index,
  'lacuna/onnxruntime/dist/index.js': "exports.from = 'carried'",
})

test.each([
  ['1.30.0', 'beside'],
  ['1.30.7', 'beside'],
  ['1.29.0', 'carried'],
  ['1.3.0', 'carried'],
  ['2.0.0', 'carried'],
])('with an onnxruntime-node %s beside Lacuna, the one %s is taken', (version, from) => {
  const require = requireAmong(installation(version))
  expect(loadRuntime(require)).toEqual({ from })
  expect(isCarried(require)).toBe(from === 'carried')
})

test.runIf(process.platform === 'linux')(
  'a command line that would crash the runtime is refused before it loads',
  () => {
    const require = requireAmong(installation('1.30.0'))
    expect(loadRuntime(require, ['node', 'lacuna', 'a'.repeat(15_000)])).toEqual({ from: 'beside' })
    expect(() => loadRuntime(require, ['node', 'lacuna', 'ä '.repeat(10_000)])).toThrow(
      'the command line has 30012 bytes, and ONNX Runtime bears 16000 at most: shorten its texts, or give it fewer files',
    )
  },
)

test('without one the carried copy is taken', () => {
  const require = requireAmong({ 'lacuna/onnxruntime/dist/index.js': "exports.from = 'carried'" })
  expect(loadRuntime(require)).toEqual({ from: 'carried' })
})

test('a runtime that is not there is told from one that does not load', () => {
  expect(() => loadRuntime(requireAmong({ 'lacuna/bundle.js': '' }))).toThrow(
    /^ONNX Runtime is not there: `npm install onnxruntime-node@1\.30\.0 --ignore-scripts` puts it beside the program \(Cannot find module [^\n]*\)$/,
  )
  for (const index of [
    "throw new Error('libc.musl: no such file')",
    "require('../bin/linux/sparc/onnxruntime_binding.node')",
  ])
    expect(() => loadRuntime(requireAmong(installation('1.30.0', index)))).toThrow(
      /^ONNX Runtime does not load on \w+ \w+: its binaries are for Linux [^\n]*$/,
    )
})
