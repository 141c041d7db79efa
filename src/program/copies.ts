import { concat } from '../tensor/movement.js'
import { range, type Shape } from '../tensor/shape.js'
import { input, type Tensor } from '../tensor/tensor.js'
import type { Draw } from './trace.js'

/**
 * What happens to several copies of a batch, one after the other along the first axis, in one go: as many operators as for one of
 * them. Each copy is given the numbers that it would have been given by itself, had it come after those before it.
 *
 * @param build gives tensors alone, as it is called twice: at first to see what it draws
 */
export function ofCopies<T>(copies: number, draw: Draw, build: (draw: Draw) => T): T {
  const asked: ((draw: Draw) => Tensor)[] = []
  build(
    drawnBy((shape, dtype, ask) => {
      asked.push(ask)
      return input('', shape, dtype)
    }, copies),
  )
  const each = range(copies).map(() => asked.map(ask => ask(draw)))
  const drawn = asked.map((_, i) => concat(each.flatMap(({ [i]: own }) => own ?? [])))
  return build(
    drawnBy(() => {
      const next = drawn.shift()
      if (next === undefined) throw new Error('what happens to copies draws as much each time that it is called')
      return next
    }, copies),
  )
}

/** @param give what is asked of all copies, with how it is asked of one */
function drawnBy(
  give: (shape: Shape, dtype: 'float' | 'int', ask: (draw: Draw) => Tensor) => Tensor,
  copies: number,
): Draw {
  const one = ([rows = 0, ...row]: Shape) => [rows / copies, ...row]
  return {
    uniform: (shape, low, high) => give(shape, 'float', draw => draw.uniform(one(shape), low, high)),
    normal: shape => give(shape, 'float', draw => draw.normal(one(shape))),
    integer: (shape, below) => give(shape, 'int', draw => draw.integer(one(shape), below)),
    permutation: (rows, n) => give([rows, n], 'int', draw => draw.permutation(rows / copies, n)),
  }
}
