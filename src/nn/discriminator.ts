import { range } from '../tensor/shape.js'
import { batchNorm, conv2d, leakyRelu, linear } from './layers.js'
import { layer, type Module, sequential } from './module.js'

const FIRST = 32
const MAP_SIDE = 7

/**
 * Tells true pictures from made-up ones: 4×4 convolutions with stride 2, leaky ReLU, and batch norm on all but the first, as
 * DCGAN's.
 *
 * [N, channels, size, size] → logits [N, 1]
 *
 * @see Radford et al. 2016
 */
export function discriminator(size: number, channels: number): Module {
  const halvings = Math.max(1, Math.ceil(Math.log2(size / MAP_SIDE)))
  const widths = range(halvings).map(i => FIRST * 2 ** i)
  const side = range(halvings).reduce(s => Math.floor(s / 2), size)
  const last = widths.at(-1) ?? FIRST
  return sequential(
    ...widths.flatMap((width, i) => [
      conv2d(widths[i - 1] ?? channels, width, 4, { stride: 2, padding: 1, bias: i === 0 }),
      ...(i === 0 ? [] : [batchNorm(width)]),
      leakyRelu(),
    ]),
    layer(x => x.reshape(-1, last * side * side)),
    linear(last * side * side, 1),
  )
}
