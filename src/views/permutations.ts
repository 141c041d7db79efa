import { range } from '../tensor/shape.js'

/** An order of 0 … n − 1: what stands at each place. */
export type Permutation = readonly number[]

/** All n! orders, the identity first. */
export function allPermutations(n: number): Permutation[] {
  if (n === 0) return [[]]
  return range(n).flatMap(first =>
    allPermutations(n - 1).map(rest => [first, ...rest.map(item => (item < first ? item : item + 1))]),
  )
}

/**
 * The 72 maps x → m·x + t, m ≠ 0, of the field with nine elements. Two of them agree at one place at most, so any two orders
 * differ at eight places of nine or more.
 */
export function affineGroup9(): Permutation[] {
  // GF(9) is GF(3) with a square root of −1: the number a + 3b stands for a + b·i
  const high = (x: number) => Math.floor(x / 3)
  const add = (x: number, y: number) => ((x + y) % 3) + 3 * ((high(x) + high(y)) % 3)
  const multiply = (x: number, y: number) => {
    const [a, b, c, d] = [x % 3, high(x), y % 3, high(y)]
    return ((a * c + 2 * b * d) % 3) + 3 * ((a * d + b * c) % 3)
  }
  return range(8).flatMap(m => range(9).map(t => range(9).map(x => add(multiply(m + 1, x), t))))
}

/**
 * The 504 maps x → (a·x + b) / (c·x + d), a·d ≠ b·c, of the projective line over the field with eight elements. Two of them
 * agree at two places at most, so any two orders differ at seven places of nine or more.
 */
export function projectiveGroup9(): Permutation[] {
  // GF(8): bits are coefficients of polynomials over GF(2) modulo x³ + x + 1; addition is exclusive or; 8 stands for ∞
  const multiply = (x: number, y: number) => {
    const product = (y & 1 ? x : 0) ^ (y & 2 ? x << 1 : 0) ^ (y & 4 ? x << 2 : 0)
    const once = product & 16 ? product ^ 0b10110 : product
    return once & 8 ? once ^ 0b1011 : once
  }
  const inverse = (x: number) => range(8).find(y => multiply(x, y) === 1) ?? 0
  const infinity = 8
  const divide = (x: number, y: number) => (y === 0 ? infinity : multiply(x, inverse(y)))
  const map = (a: number, b: number, c: number, d: number) =>
    range(9).map(x => (x === infinity ? divide(a, c) : divide(multiply(a, x) ^ b, multiply(c, x) ^ d)))
  const fields = range(8)
  // a factor common to a, b, c and d changes nothing: c is 0 and d is 1, or c is 1
  const affine = fields.slice(1).flatMap(a => fields.map(b => map(a, b, 0, 1)))
  const others = fields.flatMap(a =>
    fields.flatMap(d => fields.filter(b => b !== multiply(a, d)).map(b => map(a, b, 1, d))),
  )
  return [...affine, ...others]
}

/** inverse[p[i]] = i */
export function inverseOf(p: Permutation): Permutation {
  const inverse = range(p.length)
  for (const [i, item] of p.entries()) inverse[item] = i
  return inverse
}
