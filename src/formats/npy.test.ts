import { readFileSync } from 'node:fs'
import { parse } from 'npyjs'
import { expect, test } from 'vitest'
import { writeNpy } from './npy.js'
import { temporaryFile } from './testing.js'

const values = Float32Array.from([1, -2.5, 3e-9, 4, Number.NaN, Infinity])

test('the header is the one numpy writes, 128 bytes closed by a newline', () => {
  const path = temporaryFile('vectors.npy')
  writeNpy(path, values, [3, 2])
  const bytes = readFileSync(path)
  expect([...bytes.subarray(0, 10)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0])
  const header = bytes.subarray(10, 128).toString('latin1')
  expect(header.trimEnd()).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }")
  expect(header.endsWith(' \n')).toBe(true)
  expect(bytes.length).toBe(128 + 4 * 6)
  expect(bytes.readFloatLE(128 + 4)).toBe(-2.5)
})

test('npyjs reads the same matrix back', () => {
  const path = temporaryFile('vectors.npy')
  writeNpy(path, values, [3, 2])
  const { data, shape, dtype, fortranOrder } = parse(new Uint8Array(readFileSync(path)).buffer)
  expect({ data, shape, dtype, fortranOrder }).toEqual({
    data: values,
    shape: [3, 2],
    dtype: 'f4',
    fortranOrder: false,
  })
})

test('parts written one by one make the same file as the whole', () => {
  const [whole, streamed] = [temporaryFile('a.npy'), temporaryFile('b.npy')]
  writeNpy(whole, values, [3, 2])
  writeNpy(streamed, [values.subarray(0, 2), values.subarray(2)], [3, 2])
  expect(readFileSync(streamed).equals(readFileSync(whole))).toBe(true)
})

test('parts that do not add up are refused and leave no file', () => {
  const path = temporaryFile('vectors.npy')
  expect(() => writeNpy(path, [values.subarray(0, 4)], [3, 2])).toThrow(/expected \[3, 2\] = 6 values, got 4/)
  expect(() => readFileSync(path)).toThrow(/ENOENT/)
})
