import { readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const here = import.meta.dirname

/** Packages that no import names: the file through which each is loaded */
const required = new Map([
  [resolve(here, '../data/sharp.ts'), 'sharp'],
  [resolve(here, '../engine/node/runtime.ts'), 'onnxruntime-node'],
])

/** What is loaded with a source file: packages by name, and own files; `import type` and imports within functions are not. */
function loadedWith(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found
  found.add(file)
  const name = required.get(file)
  if (name !== undefined) found.add(name)
  const text = readFileSync(file, 'utf8')
  for (const [, what = '', from = ''] of text.matchAll(/^(?:import|export) (?:([\w*{}\s,]+) from )?'([^']+)'$/gm)) {
    if (what.startsWith('type ')) continue
    if (from.startsWith('.')) loadedWith(resolve(dirname(file), from.replace(/\.js$/, '.ts')), found)
    else if (from === '#host') loadedWith(resolve(here, '../engine/node/host.ts'), found)
    else found.add(from)
  }
  return found
}

const packagesOf = (file: string): string[] =>
  [...loadedWith(resolve(here, file))].filter(name => !name.startsWith('/') && !name.startsWith('node:')).sort()

test('nothing is loaded before the version of Node is known', () => {
  expect([...loadedWith(resolve(here, 'main.ts'))]).toEqual([resolve(here, 'main.ts')])
})

test('help and wrong usage are answered without ONNX Runtime, sharp and zod', () => {
  expect(packagesOf('program.ts')).toEqual(['commander'])
})

test('methods are told without any package, and without their own files', () => {
  expect(packagesOf('run-methods.ts')).toEqual([])
  const names = [...loadedWith(resolve(here, 'run-methods.ts'))].map(name => relative(resolve(here, '..'), name))
  expect(names.filter(name => name.startsWith('methods/'))).toEqual(['methods/named.ts'])
})

test('the walk sees what is loaded', () => {
  expect(packagesOf('run-pretrain.ts')).toEqual(expect.arrayContaining(['onnxruntime-node', 'sharp', 'zod']))
})
