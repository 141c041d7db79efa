import { where } from '../tensor/elementwise.js'
import type { Tensor } from '../tensor/tensor.js'
import { perPicture } from './picture.js'

/**
 * Square pictures turned against the clock by rows and columns changing places: no pixel is interpolated, no corner is empty.
 * @param x [..., H, H]
 * @param quarters 1 is 90°
 */
export function turn(x: Tensor, quarters: number): Tensor {
  switch (quarters & 3) {
    case 1:
      return x.T.flip(-2)
    case 2:
      return x.flip(-2).flip(-1)
    case 3:
      return x.T.flip(-1)
    default:
      return x
  }
}

/**
 * Each picture by as many quarters as it is told.
 * @param x [N, C, H, H]
 * @param quarters int [N], each 0 to 3
 */
export function turnEach(x: Tensor, quarters: Tensor): Tensor {
  return [1, 2, 3].reduce((y, q) => where(perPicture(quarters.equal(q)), turn(x, q), y), x)
}
