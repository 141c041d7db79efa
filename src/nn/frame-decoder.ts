import { stack } from '../tensor/movement.js'
import { type Displacement, displacementsWithin, movable } from '../tensor/neighbours.js'
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
  /** Pixels of its scale that what is in the frame may be moved by in each direction; 0 adds only what is made anew */
  readonly reach: number
}

const FINEST = 16
const WIDEST = 128
/** Scales at which something is said: 1, 1/2, 1/4 */
export const SCALES = 3

/**
 * A map becomes what is to be added to a frame, at three scales: it is brought to fewer channels, then its side is doubled and 3×3
 * convolved until it is as large as the frame. At a quarter of the frame, at half of it and at its own size a convolution says what
 * the scale before, doubled, leaves to be added: something new, and for each pixel how much of each of its neighbours comes to it
 * instead of what it was, so that what moves need not be drawn again. The convolutions begin as zeros, and so does all that is added.
 *
 * [N, inputs, h, h] and the frame at the three scales, finest first, [N, colours, size, size] … → what is added, of the same shapes
 *
 * @see Mathieu et al. 2016, eq. 4, and Jia et al. 2016, Dynamic Filter Networks, eq. 4 (here each filter is what differs from copying)
 */
export function frameDecoder({
  inputs,
  size,
  colours,
  width,
  reach,
}: FrameDecoderOptions): Module<[map: Tensor, last: readonly Tensor[]], readonly Tensor[]> {
  const first = conv2d(inputs, width, 1)
  const sides = sidesUpTo(size)
  const widths = range(sides.length).map(i => Math.min(FINEST * 2 ** (sides.length - 1 - i), WIDEST))
  const moves = displacementsWithin(reach).filter(({ dy, dx }) => dy !== 0 || dx !== 0)
  const stages = sides.map((side, i) => {
    const channels = widths[i] ?? FINEST
    const conv = conv2d(widths[i - 1] ?? width, channels, 3, { padding: 1, bias: false, weight: heFanOut })
    const scale = sides.length - 1 - i
    const zeros = { weight: constantly(0), biasInitial: constantly(0) }
    const head = scale < SCALES ? conv2d(channels, colours + moves.length, 3, { padding: 1, ...zeros }) : undefined
    return { side, scale, conv, norm: batchNorm(channels), head }
  })
  const parts = stages.flatMap(({ conv, norm, head }, i) => [
    [`conv${i}`, conv] as const,
    [`norm${i}`, norm] as const,
    ...(head === undefined ? [] : [[`head${i}`, head] as const]),
  ])
  return module({ first, ...Object.fromEntries(parts) }, (map: Tensor, last: readonly Tensor[]) => {
    let x = first(map)
    const added: Tensor[] = []
    for (const { side, scale, conv, norm, head } of stages) {
      x = norm(conv(enlarged(x, side))).relu()
      const frame = last[scale]
      if (head === undefined || frame === undefined) continue
      const said = head(x)
      const anew = said.slice(1, 0, colours)
      const here = moves.length === 0 ? anew : anew.add(movedBy(frame, said.slice(1, colours), moves))
      const coarser = added.at(-1)
      added.push(coarser === undefined ? here : upsampleNearest(coarser, 2).add(here))
    }
    return added.reverse()
  })
}

/**
 * How a frame changes when shares of its neighbours come to each pixel instead of what it was.
 * @param frame [N, C, H, W] @param shares [N, moves, H, W] @returns [N, C, H, W]
 */
export function movedBy(frame: Tensor, shares: Tensor, moves: readonly Displacement[]): Tensor {
  const moved = movable(frame, Math.max(...moves.map(({ dy }) => dy)))
  const differences = stack(
    moves.map(by => moved(by).sub(frame)),
    1,
  )
  const [n = 1, count = 1, height = 1, width = 1] = shares.shape
  return differences.mul(shares.reshape(n, count, 1, height, width)).sum(1)
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
