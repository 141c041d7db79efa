import { LacunaError } from '../errors.js'
import { range, sizes } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'

/** The numbers of each patch in a row, channel by channel, as a convolution's weight has them: [N, C, H, W] → [N, patches, C · patch²] */
export function patchRows(x: Tensor, patch: number): Tensor {
  const [n, c, h, w] = sizes(x.shape, 4)
  return x
    .reshape(n, c, h / patch, patch, w / patch, patch)
    .transpose(0, 2, 4, 1, 3, 5)
    .reshape(n, (h / patch) * (w / patch), c * patch * patch)
}

/** Side of a patch in pixels unless told: pictures of 32 px have 64 of them. */
export function defaultPatch(size: number): number {
  return size <= 32 ? 4 : size <= 96 ? 8 : 16
}

/**
 * How many patches a picture has.
 * @throws LacunaError (2) when it does not divide into them
 */
export function patchesIn(encoder: string, size: number, patch: number): number {
  const side = size / patch
  if (Number.isInteger(side)) return side * side
  const fitting = range(size + 1).filter(side => side > 0 && size % side === 0)
  throw new LacunaError(
    `${encoder}: pictures of ${size} px do not divide into patches of ${patch} px; patches of ${fitting.join(', ')} px would do`,
    2,
  )
}
