import { concat } from '../tensor/movement.js'
import { range } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { linear } from './layers.js'
import { type Module, module, sequential } from './module.js'

export interface RowContextOptions {
  /** Channels between the convolutions */
  readonly hidden: number
  /** Blocks: each sees one row more above */
  readonly depth: number
}

/**
 * What is known at each place of a grid from its own row and `depth` rows above, never from a row below: residual blocks of
 * convolutions 1×1, 1×3, 2×1 padded on top, 1×1, each as the product that it is.
 * @returns a module [N, rows, columns, width] → the same
 * @see Hénaff et al. 2020, Data-Efficient Image Recognition with Contrastive Predictive Coding, appendix A.2
 */
export function rowContext(width: number, { hidden, depth }: RowContextOptions): Module {
  const blocks = sequential(...range(depth).map(() => block(width, hidden)))
  return module({ blocks }, (x: Tensor) => blocks(x).relu())
}

function block(width: number, hidden: number): Module {
  const parts = {
    reduce: linear(width, hidden),
    across: linear(3 * hidden, hidden),
    down: linear(2 * hidden, hidden),
    restore: linear(hidden, width),
  }
  return module(parts, (x: Tensor) => {
    const reduced = parts.reduce(x).relu()
    const row = parts.across(concat([shifted(reduced, 2, 1), reduced, shifted(reduced, 2, -1)], 3))
    const column = parts.down(concat([shifted(row, 1, 1), row], 3))
    return x.add(parts.restore(column.relu()))
  })
}

/** Each place gets what lies one before it (1) or after it (−1) on the axis, zeros from beyond the border. */
function shifted(x: Tensor, axis: number, by: 1 | -1): Tensor {
  const size = x.size(axis)
  return by === 1 ? x.slice(axis, 0, size - 1).pad(axis, 1, 0) : x.slice(axis, 1).pad(axis, 0, 1)
}
