import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../data/testing.js'
import { LacunaError } from '../errors.js'
import { readSafetensors, writeSafetensors } from './safetensors.js'
import type { StoredTensor } from './stored-tensor.js'
import { temporaryFile } from './testing.js'

/** The layout of the format, by hand: length, JSON, data. */
function fileOf(json: string, data: number[] | Buffer = []): string {
  const path = temporaryFile('model.safetensors')
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(json)))
  writeFileSync(path, Buffer.concat([length, Buffer.from(json), Buffer.from(data)]))
  return path
}

function refusal(path: string): string {
  try {
    readSafetensors(path)
  } catch (error) {
    expect(error).toBeInstanceOf(LacunaError)
    const message = error instanceof Error ? error.message : ''
    expect(message.startsWith(`${path}: `)).toBe(true)
    expect(message).not.toContain('\n')
    return message.slice(path.length + 2)
  }
  return 'accepted'
}

test('writes the bytes that the reference implementation writes', () => {
  const path = temporaryFile('model.safetensors')
  const tensors = new Map<string, StoredTensor>([
    ['w2', { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) }],
    ['é', { dtype: 'uint8', shape: [1], data: Uint8Array.of(1) }],
    ['w10', { dtype: 'float32', shape: [], data: Float32Array.of(3) }],
    ['i', { dtype: 'int32', shape: [1], data: Int32Array.of(1) }],
    ['d', { dtype: 'float64', shape: [1], data: Float64Array.of(1) }],
    ['l', { dtype: 'int64', shape: [1], data: BigInt64Array.of(7n) }],
    ['o', { dtype: 'bool', shape: [1], data: Uint8Array.of(1) }],
  ])
  writeSafetensors(path, tensors)
  const header =
    '{"l":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"d":{"dtype":"F64","shape":[1],"data_offsets":[8,16]},' +
    '"w10":{"dtype":"F32","shape":[],"data_offsets":[16,20]},"w2":{"dtype":"F32","shape":[2],"data_offsets":[20,28]},' +
    '"i":{"dtype":"I32","shape":[1],"data_offsets":[28,32]},"é":{"dtype":"U8","shape":[1],"data_offsets":[32,33]},' +
    '"o":{"dtype":"BOOL","shape":[1],"data_offsets":[33,34]}}      '
  const data = '0700000000000000 000000000000f03f 00004040 0000803f00000040 01000000 01 01'
  const expected = Buffer.concat([
    Buffer.from('8801000000000000', 'hex'),
    Buffer.from(header),
    Buffer.from(data.replaceAll(' ', ''), 'hex'),
  ])
  expect(readFileSync(path).equals(expected)).toBe(true)
})

test('reads what the reference implementation wrote, half precision widened', () => {
  const path = fileOf(
    '{"__metadata__":{"epoch":"3"},"a":{"dtype":"I64","shape":[1,3],"data_offsets":[0,24]},' +
      '"w":{"dtype":"F32","shape":[1],"data_offsets":[24,28]},"b":{"dtype":"F16","shape":[2],"data_offsets":[28,32]},' +
      '"z":{"dtype":"BOOL","shape":[2],"data_offsets":[32,34]}}    ',
    Buffer.from('0100000000000000020000000000000003000000000000000000003f003e00c00100', 'hex'),
  )
  const { tensors, metadata } = readSafetensors(path)
  expect(metadata).toEqual({ epoch: '3' })
  expect(Object.fromEntries(tensors)).toEqual({
    a: { dtype: 'int64', shape: [1, 3], data: BigInt64Array.of(1n, 2n, 3n) },
    w: { dtype: 'float32', shape: [1], data: Float32Array.of(0.5) },
    b: { dtype: 'float32', shape: [2], data: Float32Array.of(1.5, -2) },
    z: { dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) },
  })
})

test('half precision and bfloat16 keep subnormals, infinities and signs', () => {
  const words = (values: number[]) => Buffer.from(Uint16Array.from(values).buffer)
  const half = fileOf(
    '{"h":{"dtype":"F16","shape":[6],"data_offsets":[0,12]}}',
    words([0x0001, 0x7bff, 0x7c00, 0xfc00, 0x8000, 0x3555]),
  )
  expect(readSafetensors(half).tensors.get('h')?.data).toEqual(
    Float32Array.of(2 ** -24, 65504, Infinity, -Infinity, -0, 0.333251953125),
  )
  const brain = fileOf(
    '{"b":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}',
    words([0x3f80, 0xc040, 0x7f80, 0x8000]),
  )
  expect(readSafetensors(brain).tensors.get('b')?.data).toEqual(Float32Array.of(1, -3, Infinity, -0))
})

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 })
const size = (shape: number[]) => shape.reduce((a, b) => a * b, 1)
const exactly = (length: number) => ({ minLength: length, maxLength: length })
const stored: fc.Arbitrary<StoredTensor> = shapes.chain(shape => {
  const span = exactly(size(shape))
  return fc.oneof(
    fc.float32Array(span).map(data => ({ dtype: 'float32' as const, shape, data })),
    fc.float64Array(span).map(data => ({ dtype: 'float64' as const, shape, data })),
    fc.bigInt64Array(span).map(data => ({ dtype: 'int64' as const, shape, data })),
    fc.int32Array(span).map(data => ({ dtype: 'int32' as const, shape, data })),
    fc.uint8Array(span).map(data => ({ dtype: 'uint8' as const, shape, data })),
  )
})

test('any tensors and metadata come back as they went in', () => {
  const path = temporaryFile('model.safetensors')
  const names = fc.string({ unit: 'grapheme', maxLength: 8 }).filter(name => name !== '__metadata__')
  const text = fc.string({ unit: 'grapheme' })
  fc.assert(
    fc.property(fc.array(fc.tuple(names, stored), { maxLength: 6 }), fc.dictionary(text, text), (pairs, metadata) => {
      const tensors = new Map(pairs)
      writeSafetensors(path, tensors, metadata)
      const back = readSafetensors(path)
      expect([...back.tensors].sort()).toEqual([...tensors].sort())
      expect(Object.entries(back.metadata)).toEqual(Object.entries(metadata))
    }),
    { numRuns: 60 },
  )
})

test('a file cut anywhere is refused, and never read as another', () => {
  const path = temporaryFile('model.safetensors')
  writeSafetensors(path, new Map([['w', { dtype: 'float32', shape: [2, 3], data: new Float32Array(6) }]]))
  const whole = readFileSync(path)
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length))
    expect(refusal(path)).toMatch(/the file is cut short: expected \d+ bytes, found \d+; take another copy/)
  }
  writeFileSync(path, whole.subarray(0, whole.length - 10))
  expect(refusal(path)).toBe(
    `the file is cut short: expected ${whole.length} bytes, found ${whole.length - 10}; ` +
      'take another copy of this file, or make it again',
  )
})

const f32 = (offsets: string, shape = '[2]') => `{"dtype":"F32","shape":${shape},"data_offsets":${offsets}}`

test.each([
  ['not JSON', '{"a":', [], /not a safetensors file \(its header is not JSON/],
  ['not an object', '[1]', [], /its header is not a JSON object/],
  ['no offsets', '{"a":{"dtype":"F32","shape":[2]}}', [], /tensor "a" has no valid dtype, shape and data_offsets/],
  ['negative', `{"a":${f32('[-8,0]')}}`, [], /tensor "a" has no valid/],
  ['size differs', `{"a":${f32('[0,4]')}}`, [0, 0, 0, 0], /"a" F32 \[2\] needs 8 bytes, its offsets hold 4/],
  ['shape too large', `{"a":${f32('[0,8]', '[999999999,999999]')}}`, Array(8).fill(0), /its offsets hold 8/],
  ['out of range', `{"a":${f32('[0,8]')}}`, [0], /cut short: expected 70 bytes, found 63/],
  ['overlap', `{"a":${f32('[0,8]')},"b":${f32('[4,12]')}}`, Array(12).fill(0), /"b" starts at byte 4, inside the one/],
  ['gap', `{"a":${f32('[0,8]')},"b":${f32('[12,20]')}}`, Array(20).fill(0), /bytes 8 to 12, before tensor "b"/],
  ['left over', `{"a":${f32('[0,8]')}}`, Array(9).fill(0), /has 71 bytes where its header describes 70/],
  ['unknown type', '{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}', [0], /"a" is F8_E4M3; convert it to/],
  ['metadata', '{"__metadata__":{"a":1}}', [], /the header's metadata "a" is not text/],
])('a header that lies is refused: %s', (_, json, data, message) => {
  expect(refusal(fileOf(json, data))).toMatch(message)
})

test('garbage and absence are refused', () => {
  const path = temporaryFile('model.safetensors')
  expect(refusal(path)).toBe('no such file; check the path')
  expect(refusal(temporaryFolder())).toBe('is a folder; check the path')
  writeFileSync(path, Buffer.alloc(4096, 0xff))
  expect(refusal(path)).toContain('not a safetensors file (its first 8 bytes announce a header of 18446744073709551615')
})

test('a tensor whose parts disagree is not written', () => {
  const path = temporaryFile('model.safetensors')
  const write = (tensor: StoredTensor, name = 'w') => writeSafetensors(path, new Map([[name, tensor]]))
  const data = new Float32Array(6)
  expect(() => write({ dtype: 'float32', shape: [2, 2], data })).toThrow(
    `${path}: tensor "w" should be float32 [2,2], its data is a Float32Array of 6`,
  )
  expect(() => write({ dtype: 'int64', shape: [6], data })).toThrow(/should be int64 \[6\], its data is a Float32Array/)
  expect(() => write({ dtype: 'float32', shape: [6], data }, '__metadata__')).toThrow(/cannot be named/)
  expect(existsSync(path)).toBe(false)
})
