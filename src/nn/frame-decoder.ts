import { upsampleBilinear, upsampleNearest } from '../tensor/pooling.js'
import { range } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { constantly, heFanOut } from './initial.js'
import { batchNorm, conv2d } from './layers.js'
import { type Module, module } from './module.js'

export interface FrameDecoderOptions {
  /** Channels of the map */
  readonly inputs: number
  /** Height and width of the frame: divisible by 4 */
  readonly size: number
  readonly colours: number
  /** Channels that the map is first brought to */
  readonly width: number
}

const FINEST = 16
const WIDEST = 128
/** Scales at which something is said: 1, 1/2, 1/4 */
export const SCALES = 3

/**
 * A map becomes what is to be added to a frame, at three scales: it is brought to fewer channels, then its side is doubled and 3×3
 * convolved until it is as large as the frame. At a quarter of the frame, at half of it and at its own size a convolution says what
 * the scale before, doubled, leaves to be added. These begin as zeros, and so does all that is added.
 *
 * [N, inputs, h, h] → [N, colours, size, size], [N, colours, size/2, size/2], [N, colours, size/4, size/4]
 *
 * @see Mathieu et al. 2016, eq. 4
 */
export function frameDecoder({
  inputs,
  size,
  colours,
  width,
}: FrameDecoderOptions): Module<[map: Tensor], readonly Tensor[]> {
  const first = conv2d(inputs, width, 1)
  const sides = sidesUpTo(size)
  const widths = range(sides.length).map(i => Math.min(FINEST * 2 ** (sides.length - 1 - i), WIDEST))
  const stages = sides.map((side, i) => {
    const channels = widths[i] ?? FINEST
    const conv = conv2d(widths[i - 1] ?? width, channels, 3, { padding: 1, bias: false, weight: heFanOut })
    const said = i >= sides.length - SCALES
    const zeros = { weight: constantly(0), biasInitial: constantly(0) }
    const head = said ? conv2d(channels, colours, 3, { padding: 1, ...zeros }) : undefined
    return { side, conv, norm: batchNorm(channels), head }
  })
  const parts = stages.flatMap(({ conv, norm, head }, i) => [
    [`conv${i}`, conv] as const,
    [`norm${i}`, norm] as const,
    ...(head === undefined ? [] : [[`head${i}`, head] as const]),
  ])
  return module({ first, ...Object.fromEntries(parts) }, (map: Tensor) => {
    let x = first(map)
    const added: Tensor[] = []
    for (const { side, conv, norm, head } of stages) {
      x = norm(conv(enlarged(x, side))).relu()
      if (head === undefined) continue
      const coarser = added.at(-1)
      added.push(coarser === undefined ? head(x) : upsampleNearest(coarser, 2).add(head(x)))
    }
    return added.reverse()
  })
}

/** The side of the frame halved until it is small or odd, smallest first; at least three. */
function sidesUpTo(size: number): number[] {
  const sides = [size]
  while (sides.length < SCALES || ((sides[0] ?? 1) % 2 === 0 && (sides[0] ?? 1) > SMALLEST))
    sides.unshift((sides[0] ?? 1) / 2)
  return sides
}
const SMALLEST = 8

function enlarged(x: Tensor, side: number): Tensor {
  const own = x.size(2)
  if (own === side) return x
  return own * 2 === side ? upsampleNearest(x, 2) : upsampleBilinear(x, side, side)
}
