import { matmul } from './contraction.js'
import { where } from './elementwise.js'
import { ShapeError } from './scope.js'
import { range, showShape, sizes } from './shape.js'
import { constant, make, type Tensor } from './tensor.js'

export interface PoolOptions {
  /** Side of the window */
  readonly kernel: number
  /** The kernel unless told */
  readonly stride?: number
  /** Rows and columns added on every side, at most half the kernel */
  readonly padding?: number
}

/**
 * The largest value in each window of [N, C, H, W], as torch.nn.functional.max_pool2d.
 * What was padded is never chosen; of equal values the first in reading order gets the gradient, as in torch.
 * @returns [N, C, ⌊(H + 2·padding − kernel) / stride⌋ + 1, …]
 */
export function maxPool(x: Tensor, options: PoolOptions): Tensor {
  const largest = (first: Tensor, later: Tensor) => where(first.less(later), later, first)
  return alongWindows('maxPool', x, options, Number.NEGATIVE_INFINITY, largest)
}

/**
 * The mean of each window of [N, C, H, W], as torch.nn.functional.avg_pool2d: zeros that were padded count.
 * @returns [N, C, ⌊(H + 2·padding − kernel) / stride⌋ + 1, …]
 */
export function averagePool(x: Tensor, options: PoolOptions): Tensor {
  return alongWindows('averagePool', x, options, 0, (sum, next) => sum.add(next)).div(options.kernel ** 2)
}

/** Every pixel of [N, C, H, W] becomes factor × factor equal ones. */
export function upsampleNearest(x: Tensor, factor: number): Tensor {
  const [n, c, h, w] = mapShape('upsampleNearest', x)
  if (!Number.isInteger(factor) || factor < 1)
    throw new ShapeError('upsampleNearest', `a whole factor of 1 or more expected, got ${factor}`)
  return factor === 1 ? x : make('upsample', [x], { factor }, [n, c, h * factor, w * factor], x.dtype)
}

/** The sum of each factor × factor pixels of [N, C, H, W], whose sides it divides: the gradient of {@link upsampleNearest}. */
export function windowSum(x: Tensor, factor: number): Tensor {
  const [n, c, h, w] = mapShape('windowSum', x)
  if (h % factor !== 0 || w % factor !== 0)
    throw new ShapeError('windowSum', `sides divisible by ${factor} expected, got ${showShape(x.shape)}`)
  return make('windowSum', [x], { factor }, [n, c, h / factor, w / factor], x.dtype)
}

/**
 * [N, C, H, W] → [N, C, height, width] by linear interpolation between pixel centres, which keep to the borders:
 * torch.nn.functional.interpolate with mode 'bilinear' and align_corners false. Smaller sizes are not smoothed first.
 */
export function upsampleBilinear(x: Tensor, height: number, width: number): Tensor {
  const [, , h, w] = mapShape('upsampleBilinear', x)
  const rows = width === w ? x : matmul(x, interpolation(w, width), false, true)
  return height === h ? rows : interpolation(h, height).matmul(rows)
}

/** [to, from]: how much of each pixel is in each new one. */
function interpolation(from: number, to: number): Tensor {
  const weights = new Float64Array(to * from)
  for (const i of range(to)) {
    const centre = Math.max(((i + 0.5) * from) / to - 0.5, 0)
    const before = Math.min(Math.floor(centre), from - 1)
    const after = Math.min(before + 1, from - 1)
    weights[i * from + before] = (weights[i * from + before] ?? 0) + 1 - (centre - before)
    weights[i * from + after] = (weights[i * from + after] ?? 0) + (centre - before)
  }
  return constant(weights, [to, from])
}

/** Joins the places of each window, the columns of a row first and then the rows. */
function alongWindows(
  name: string,
  x: Tensor,
  { kernel, stride = kernel, padding = 0 }: PoolOptions,
  border: number,
  join: (before: Tensor, next: Tensor) => Tensor,
): Tensor {
  const spatial = mapShape(name, x).slice(2)
  if (padding > kernel / 2) throw new ShapeError(name, `padding ${padding} is more than half the kernel ${kernel}`)
  if (spatial.some(size => size + 2 * padding < kernel))
    throw new ShapeError(name, `the kernel ${kernel} with padding ${padding} is larger than ${showShape(x.shape)}`)
  return [3, 2].reduce((y, axis) => {
    const padded = y.pad(axis, padding, padding, border)
    const reach = Math.floor((padded.size(axis) - kernel) / stride) * stride + 1
    return range(kernel)
      .map(start => padded.slice(axis, start, start + reach, stride))
      .reduce(join)
  }, x)
}

function mapShape(name: string, x: Tensor): [number, number, number, number] {
  if (x.rank !== 4) throw new ShapeError(name, `[N, C, H, W] expected, got ${showShape(x.shape)}`)
  const [n, c, h, w] = sizes(x.shape, 4)
  return [n, c, h, w]
}
