import { deserialize, serialize } from 'node:v8'
import { expect, test } from 'vitest'
import { randomArray } from '../engine/testing.js'
import { FLAT, signatureOf } from './signature.js'

const noise = (seed: number) => Uint8Array.from(randomArray([12, 12, 3], { seed, low: 0, high: 255 }).values)
const apart = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, signs, i) => sum + ((signs ^ (b[i] ?? 0)).toString(2).match(/1/g)?.length ?? 0), 0)

test('equal pixels have equal signatures, which other processes may send, and others have another key', () => {
  const [one, other] = [noise(1), noise(2)]
  const signature = signatureOf(one, 12, 3)
  expect(deserialize(serialize(signatureOf(one.slice(), 12, 3)))).toEqual(signature)
  expect(signatureOf(other, 12, 3).key).not.toBe(signature.key)
  const changed = one.with(5, (one[5] ?? 0) ^ 1)
  expect(signatureOf(changed, 12, 3).key).not.toBe(signature.key)
})

test('most signs are those of a picture that is nearly the same, half of them those of another', () => {
  const one = noise(1)
  const near = one.map(value => Math.max(0, value - 3))
  const signs = signatureOf(one, 12, 3).signs
  expect(signs).toHaveLength(8)
  expect(apart(signs, signatureOf(near, 12, 3).signs)).toBeLessThan(8)
  expect(Math.abs(apart(signs, signatureOf(noise(2), 12, 3).signs) - 64)).toBeLessThan(30)
})

test('a picture is flat where no channel has values further apart than that', () => {
  const constant = new Uint8Array(48).fill(100)
  expect(signatureOf(constant, 4, 3).flat).toBe(true)
  expect(signatureOf(constant.with(7, 100 + FLAT - 1), 4, 3).flat).toBe(true)
  expect(signatureOf(constant.with(7, 100 + FLAT), 4, 3).flat).toBe(false)
  expect(
    signatureOf(
      Uint8Array.from({ length: 48 }, (_, i) => 100 * (i % 3)),
      4,
      3,
    ).flat,
  ).toBe(true) // of one colour
})
