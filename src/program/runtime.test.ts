import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { runtime } from './runtime.js'
import { carried } from './runtime-place.js'

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
  expect(runtime).toBe(createRequire(import.meta.url)('onnxruntime-node'))
  const { version } = read('node_modules/onnxruntime-node/package.json')
  expect(read('package.json').dependencies['onnxruntime-common']).toBe(version)
})
