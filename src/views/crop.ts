import type { Draw } from '../program/trace.js'
import { where } from '../tensor/elementwise.js'
import { range, sizes } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { type Boxes, type Kernel, resample } from './resample.js'

export interface CropOptions {
  /** Smallest and largest share of the picture's area */
  readonly area: readonly [number, number]
  /** Narrowest and widest ratio of width to height; log-uniform */
  readonly aspect: readonly [number, number]
  /** Probability of mirroring left and right */
  readonly flip: number
  readonly kernel?: Kernel
}

const TRIES = 10

/**
 * Random resized crop with a random flip, as torchvision's RandomResizedCrop: of ten boxes drawn, the first that fits inside
 * the picture; if none fits, the largest in the middle with the nearest ratio.
 *
 * @param x [N, C, H, W]
 * @returns [N, C, size, size], in [0, 1] where x is
 */
export function randomResizedCrop(x: Tensor, draw: Draw, size: number, options: CropOptions): Tensor {
  return resample(x, randomBoxes(x.shape, draw, options), size, options.kernel).clip(0, 1)
}

/** The boxes of `randomResizedCrop`, for pictures of shape [N, C, H, W]. */
export function randomBoxes(shape: readonly number[], draw: Draw, { area, aspect, flip }: CropOptions): Boxes {
  const [n, , h, w] = sizes(shape, 4)
  const share = draw.uniform([n, TRIES], ...area).mul(h * w)
  const ratio = draw.uniform([n, TRIES], Math.log(aspect[0]), Math.log(aspect[1])).exp()
  const widths = share.mul(ratio).sqrt()
  const heights = share.div(ratio).sqrt()
  const fits = widths.greater(w).or(heights.greater(h)).not()
  const first = fits
    .cast('float')
    .mul(
      constant(
        range(TRIES).map(i => TRIES - i),
        [1, TRIES],
      ),
    )
    .topK(1) // [N, 1]
  const any = fits.cast('float').max(1).greater(0)
  const fallback = Math.min(Math.max(w / h, aspect[0]), aspect[1])
  const width = where(any, widths.takeAlong(first).reshape(n), Math.min(w, h * fallback))
  const height = where(any, heights.takeAlong(first).reshape(n), Math.min(h, w / fallback))
  const left = where(any, draw.uniform([n]), 0.5).mul(width.neg().add(w))
  const top = where(any, draw.uniform([n]), 0.5).mul(height.neg().add(h))
  const mirrored = draw.uniform([n]).less(flip)
  return { top, height, left: where(mirrored, left.add(width), left), width: where(mirrored, width.neg(), width) }
}
