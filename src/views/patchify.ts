import { ShapeError } from '../tensor/scope.js'
import { showShape, sizes } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'

/**
 * Pictures cut into square patches, in reading order.
 *
 * @param x [N, C, H, W], H and W multiples of the patch
 * @param patch side in pixels
 * @returns one row a patch, [N, patches, patch·patch·C]; in it row by row, pixel by pixel, channel by channel
 */
export function patchify(x: Tensor, patch: number): Tensor {
  const [n, c, h, w] = sizes(x.shape, 4)
  if (x.rank !== 4 || h % patch !== 0 || w % patch !== 0)
    throw new ShapeError('patchify', `[N, C, H, W] in patches of ${patch} px expected, got ${showShape(x.shape)}`)
  const [rows, columns] = [h / patch, w / patch]
  return x
    .reshape(n, c, rows, patch, columns, patch)
    .transpose(0, 2, 4, 3, 5, 1)
    .reshape(n, rows * columns, patch * patch * c)
}

/** The other way, for square pictures: [N, patches, patch·patch·C] → [N, C, H, H] */
export function unpatchify(patches: Tensor, patch: number): Tensor {
  const [n, count, values] = sizes(patches.shape, 3)
  const [side, c] = [Math.sqrt(count), values / patch ** 2]
  if (patches.rank !== 3 || !Number.isInteger(side) || !Number.isInteger(c))
    throw new ShapeError('unpatchify', `square patches of ${patch} px expected, got ${showShape(patches.shape)}`)
  return patches
    .reshape(n, side, side, patch, patch, c)
    .transpose(0, 5, 1, 3, 2, 4)
    .reshape(n, c, side * patch, side * patch)
}

/** Mean [N, patches, 1] and deviation of each patch; the deviation is √(variance + 10⁻⁶) with the unbiased variance. */
export function patchMoments(patches: Tensor): { mean: Tensor; deviation: Tensor } {
  return { mean: patches.mean(-1, true), deviation: patches.variance(-1, true, 1).add(1e-6).sqrt() }
}

/** Marks of patches as marks of their pixels: float [N, patches] → [N, 1, H, H] */
export function patchMask(marks: Tensor, patch: number): Tensor {
  const [n, count] = sizes(marks.shape, 2)
  return unpatchify(marks.reshape(n, count, 1).expand(n, count, patch * patch), patch)
}
