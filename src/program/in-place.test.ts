import { describe, expect, test } from 'vitest'
import { overwriting } from './in-place.js'

/** `y = Operator(a, b)` */
function node(line: string) {
  const [, y = '', operator = '', inputs = ''] = /^(\S+) = (\w+)\((.*)\)$/.exec(line) ?? []
  return { operator, domain: '', inputs: inputs.split(', '), outputs: [y], attributes: {} }
}
/** Whether `next` may be written over `v`; `c` is a constant. */
const may = (...lines: string[]) => overwriting(lines.map(node), ['c'])('v', 'next')

describe('a variable is written over', () => {
  test('by an element-wise node that reads it', () => {
    expect(may('next = Sub(v, x)')).toBe(true)
    expect(may('next = Add(x, v)')).toBe(true)
    expect(may('a = Mul(v, c)', 'b = Mul(x, c)', 'next = Add(a, b)')).toBe(true)
  })

  test('when all who read it have run', () => {
    expect(may('y = MatMul(x, v)', 'g = Exp(y)', 'next = Sub(v, g)')).toBe(true)
    expect(may('turned = Transpose(v)', 'y = MatMul(x, turned)', 'next = Sub(v, y)')).toBe(true)
  })

  test('by one that does not read it, when nobody else does', () => {
    expect(may('next = MatMul(x, x)')).toBe(true)
  })
})

describe('a variable is not written over', () => {
  test('while somebody may read it later', () => {
    expect(may('next = Sub(v, x)', 'y = MatMul(x, v)')).toBe(false)
    expect(may('next = MatMul(x, x)', 'y = Exp(v)')).toBe(false)
    expect(may('next = Expand(c, c)', 'y = Exp(v)')).toBe(false)
  })

  test('while somebody may read later what shares its memory, or is made from it inside a later node', () => {
    expect(may('flat = Reshape(v, c)', 'y = Exp(flat)', 'a = MatMul(x, flat)', 'next = Sub(v, y)')).toBe(false)
    expect(may('turned = Transpose(v)', 'a = MatMul(x, turned)', 'y = Exp(turned)', 'next = Sub(v, y)')).toBe(false)
    expect(may('a = Mul(v, c)', 'b = Reshape(a, c)', 'y = MatMul(x, b)', 'next = Sub(v, x)')).toBe(false)
  })

  test('by a node that reads other places of it than the one it writes', () => {
    expect(may('next = MatMul(v, x)')).toBe(false)
    expect(may('turned = Transpose(v)', 'next = Add(turned, x)')).toBe(false)
    expect(may('turned = Transpose(v)', 'half = Mul(turned, c)', 'next = Add(v, half)')).toBe(false)
    expect(may('flipped = Slice(v, c)', 'a = Add(v, flipped)', 'next = Add(a, x)')).toBe(false)
  })

  test('where nothing computes what comes next', () => {
    expect(may('y = Exp(v)')).toBe(false)
  })
})
