import { type Shape, sizeOf } from '../tensor/shape.js'
import type { Precision } from './lowering/emitter.js'
import type { ElementType } from './onnx/model.js'
import { type Values, valuesOf } from './values.js'

export type Drawing =
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  | { readonly kind: 'normal' }
  | { readonly kind: 'integer'; readonly below: number }
  | { readonly kind: 'permutation'; readonly n: number }

export interface DrawSpec {
  readonly name: string
  readonly shape: Shape
  readonly dtype: 'float' | 'int'
  readonly drawing: Drawing
}

/** What random numbers hang on: equal keys draw equal numbers, on every machine. */
export interface DrawKey {
  readonly seed: number
  readonly step: number
  /** Which of equal parts of the batch the program is given, from 0 on: it draws what the whole batch draws for those samples */
  readonly part?: number
}

/** How a program of a precision is given a draw. */
export const drawType = ({ dtype }: DrawSpec, precision: Precision): ElementType =>
  dtype === 'int' ? 'int64' : precision

/** All draws of a program by a key, as it is given them. */
export function drawFeeds(draws: readonly DrawSpec[], precision: Precision, drawKey: DrawKey): Record<string, Values> {
  return Object.fromEntries(
    draws.map(spec => [spec.name, valuesOf(drawType(spec, precision), drawValues(spec, drawKey))]),
  )
}

/**
 * Threefry-2x32 with 20 rounds: 64 random bits from a key and a counter, with no state between calls. A step with dropout
 * takes millions of them: four rounds and four others in turn, written out, take less than half of what a loop over rounds takes
 * that looks each rotation up and gives back a new array. A loop over four rounds with the rotations of the group takes 1.4 times
 * as long as this.
 * @param words gets the bits
 * @see Salmon et al. 2011, Parallel Random Numbers: As Easy as 1, 2, 3
 */
export function threefry(key0: number, key1: number, counter0: number, counter1: number, words: Uint32Array): void {
  let [a, b, c] = [key0 | 0, key1 | 0, key0 ^ key1 ^ 0x1bd11bda]
  let x = (counter0 + a) | 0
  let y = (counter1 + b) | 0
  for (let group = 1; ; group += 2) {
    x = (x + y) | 0
    y = rotated(y, 13) ^ x
    x = (x + y) | 0
    y = rotated(y, 15) ^ x
    x = (x + y) | 0
    y = rotated(y, 26) ^ x
    x = (x + y) | 0
    y = rotated(y, 6) ^ x
    x = (x + b) | 0
    y = (y + c + group) | 0
    if (group === 5) break
    x = (x + y) | 0
    y = rotated(y, 17) ^ x
    x = (x + y) | 0
    y = rotated(y, 29) ^ x
    x = (x + y) | 0
    y = rotated(y, 16) ^ x
    x = (x + y) | 0
    y = rotated(y, 24) ^ x
    x = (x + c) | 0
    y = (y + a + group + 1) | 0
    ;[a, b, c] = [c, a, b]
  }
  words[0] = x
  words[1] = y
}

const rotated = (word: number, by: number): number => (word << by) | (word >>> (32 - by))

/**
 * Numbers in [0, 1) with 53 random bits; the same for the same seed, step and name on every machine.
 * @param from how many of them are left out at the beginning
 */
export function uniforms(seed: number, step: number, name: string, from = 0): () => number {
  const key = seed ^ hash(name)
  const high = seed >= 2 ** 32 ? Math.floor(seed / 2 ** 32) : 0
  const words = new Uint32Array(2)
  let counter = from
  return () => {
    threefry(key, step, counter++, high, words)
    return (((words[0] ?? 0) >>> 5) * 2 ** 26 + ((words[1] ?? 0) >>> 6)) / 2 ** 53
  }
}

/**
 * The values of one draw by a key, row-major. Its first axis is that of the samples, or has as many rows for each, so that
 * the parts of a batch, one after the other, draw what the whole batch draws.
 */
export function drawValues({ shape, drawing, name }: DrawSpec, { seed, step, part = 0 }: DrawKey): Float64Array {
  const values = new Float64Array(sizeOf(shape))
  const next = uniforms(seed, step, name, Math.round(part * values.length * uniformsFor(drawing)))
  switch (drawing.kind) {
    case 'uniform':
      // a loop: `map` takes as long again, and these are the draws that can be millions
      for (let i = 0; i < values.length; i++) values[i] = between(drawing.low, drawing.high, next())
      return values
    case 'normal':
      return values.map(() => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()))
    case 'integer':
      return values.map(() => Math.floor(drawing.below * next()))
    case 'permutation':
      for (let row = 0; row < values.length; row += drawing.n) shuffleRow(values.subarray(row, row + drawing.n), next)
      return values
  }
}

/** Uniform numbers that a value takes. */
function uniformsFor(drawing: Drawing): number {
  if (drawing.kind === 'normal') return 2
  return drawing.kind === 'permutation' ? (drawing.n - 1) / drawing.n : 1
}

/** In [low, high), also when rounded to float32: a float32 program gets 1 from 1 − 2⁻³⁰, and ⌊n·1⌋ is no index below n. */
function between(low: number, high: number, share: number): number {
  const value = low + (high - low) * share
  return Math.fround(value) < Math.fround(high) ? value : low
}

function shuffleRow(row: Float64Array, next: () => number): void {
  row.forEach((_, i) => {
    row[i] = i
  })
  shuffle(row, next)
}

/** Fisher–Yates, in place. @param next numbers in [0, 1) */
export function shuffle(row: Float64Array | Uint32Array, next: () => number): void {
  for (let last = row.length - 1; last > 0; last--) {
    const chosen = Math.floor(next() * (last + 1))
    const held = row[last] ?? 0
    row[last] = row[chosen] ?? 0
    row[chosen] = held
  }
}

/** FNV-1a */
function hash(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h
}
