import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { input } from '../tensor/tensor.js'
import { compile } from './compile.js'
import { defaultDevice, deviceNames, devices } from './devices.js'

const src = resolve(import.meta.dirname, '..')

test('no other file knows a device by its name, but for the tables of lowerings', () => {
  const knowing = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter(file => /(?<!\.test|testing)\.ts$/.test(file))
    .filter(file => /'(webgpu|cuda)'|[!=]== 'cpu'|\b(webgpu|cuda):/.test(readFileSync(join(src, file), 'utf8')))
  expect(knowing.sort()).toEqual([join('program', 'devices.ts'), join('program', 'lowering', 'index.ts')])
})

test('the device that computes unless told works everywhere, and every other one falls back on it', () => {
  expect(devices[defaultDevice].certain).toBe(true)
  for (const name of deviceNames) {
    const { providers } = devices[name]
    expect(providers[0]).toBe(name) // as ONNX Runtime calls it
    expect(providers.at(-1)).toBe(defaultDevice)
  }
})

test.each(deviceNames)('%s has a program for what is traced', device => {
  const { flops, outputs } = compile(
    {
      outputs: {
        y: input('x', [2, 3])
          .matmul(input('w', [3, 4]))
          .sum(),
      },
    },
    { device, precision: 'float32' },
  )
  expect(flops).toBe(2 * 2 * 3 * 4)
  expect(outputs).toEqual([{ name: 'y', type: 'float32', shape: [] }])
})
