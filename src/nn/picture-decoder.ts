import { upsampleBilinear, upsampleNearest } from '../tensor/pooling.js'
import { range } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { constantly, heFanOut, truncatedNormal } from './initial.js'
import { batchNorm, conv2d, leakyRelu, linear } from './layers.js'
import { layer, type Module, sequential } from './module.js'

export interface PictureDecoderOptions {
  /** Numbers in the vector */
  readonly inputs: number
  /** Height and width of the picture */
  readonly size: number
  readonly channels: number
}

const FINEST = 16
const WIDEST = 128
const COARSEST_SIDE = 5

/**
 * A vector becomes a picture: a small map, then its side doubled and 3×3 convolved until it is large enough, with 16 channels
 * at half the side of the picture and twice as many at each half of that, up to 128. What can be guessed has no finer detail.
 * Doubled pixels and a convolution in place of a transposed convolution, which leaves checks.
 *
 * [N, inputs] → [N, channels, size, size]
 */
export function pictureDecoder({ inputs, size, channels }: PictureDecoderOptions): Module {
  const sides = sidesUpTo(Math.ceil(size / 2))
  const widths = range(sides.length).map(i => Math.min(FINEST * 2 ** (sides.length - 1 - i), WIDEST))
  const [side = 1, ...larger] = sides
  const [width = FINEST] = widths
  return sequential(
    leakyRelu(),
    linear(inputs, width * side * side, { bias: false }),
    layer(x => x.reshape(-1, width, side, side)),
    batchNorm(width),
    layer(x => x.relu()),
    ...larger.flatMap((to, i) => [
      layer(x => doubled(x, to)),
      conv2d(widths[i] ?? FINEST, widths[i + 1] ?? FINEST, 3, { padding: 1, bias: false, weight: heFanOut }),
      batchNorm(widths[i + 1] ?? FINEST),
      layer(x => x.relu()),
    ]),
    // small, so that the first picture is nearly empty
    conv2d(widths.at(-1) ?? FINEST, channels, 3, {
      padding: 1,
      weight: truncatedNormal(0.01),
      biasInitial: constantly(0),
    }),
    layer(x => upsampleBilinear(x, size, size)),
  )
}

/** The side halved until it is small, smallest first; an odd side comes from one more than its half. */
function sidesUpTo(size: number): number[] {
  return size <= COARSEST_SIDE ? [size] : [...sidesUpTo(Math.ceil(size / 2)), size]
}

const doubled = (x: Tensor, side: number): Tensor => upsampleNearest(x, 2).slice(2, 0, side).slice(3, 0, side)
