import { where } from '../tensor/elementwise.js'
import { concat } from '../tensor/movement.js'
import { ShapeError } from '../tensor/scope.js'
import { showShape } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'

/** Three numbers a pixel: red, green and blue, or L, a and b */
export type Triple = readonly [number, number, number]
type Matrix = readonly [Triple, Triple, Triple]

/** Linear sRGB → XYZ under D65, and back (IEC 61966-2-1) */
const toXyz: Matrix = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
]
const fromXyz: Matrix = [
  [3.2404542, -1.5371385, -0.4985314],
  [-0.969266, 1.8760108, 0.041556],
  [0.0556434, -0.2040259, 1.0572252],
]
/** XYZ of white: sums of the rows, so that every grey has a = b = 0 */
const white = toXyz.map(row => row[0] + row[1] + row[2])

/** Below: a straight line in place of the power, in sRGB and in Lab */
const knee = { gamma: 0.04045, linear: 0.04045 / 12.92, lab: 6 / 29 }
const offset = 4 / 29
const slope = 3 * knee.lab ** 2

/**
 * CIE L*a*b* of sRGB pictures: L in [0, 100], a about −86 … 98, b about −108 … 94.
 * @param x [N, 3, H, W] in [0, 1]
 * @returns [N, 3, H, W]
 */
export function toLab(x: Tensor): Tensor {
  const [fx, fy, fz] = split(mix(linearised(checked('toLab', x)), toXyz).div(perChannel(white))).map(
    compressed,
  ) as Three
  return concat([fy.mul(116).sub(16), fx.sub(fy).mul(500), fy.sub(fz).mul(200)], 1)
}

/** L alone: [N, 3, H, W] → [N, 1, H, W] in [0, 100], the first channel of `toLab` at a third of the work. */
export function lightness(x: Tensor): Tensor {
  const y = linearised(checked('lightness', x))
    .mul(perChannel(toXyz[1]))
    .sum(1, true)
    .div(white[1] ?? 1)
  return compressed(y).mul(116).sub(16)
}

/**
 * The inverse of `toLab`. Colours that no screen shows are cut to [0, 1] in each channel.
 * @param lab [N, 3, H, W]
 * @returns [N, 3, H, W] in [0, 1]
 */
export function fromLab(lab: Tensor): Tensor {
  const [l, a, b] = split(checked('fromLab', lab))
  const fy = l.add(16).div(116)
  const ratios = concat([a.div(500).add(fy), fy, fy.sub(b.div(200))], 1)
  const expanded = where(ratios.greater(knee.lab), ratios.pow(3), ratios.sub(offset).mul(slope))
  const rgb = mix(expanded.mul(perChannel(white)), fromXyz).clip(0, 1)
  // the power is taken of what is above the knee only: a slope of infinity at 0 would spoil the gradient
  const power = rgb
    .maximum(knee.linear)
    .pow(1 / 2.4)
    .mul(1.055)
    .sub(0.055)
  return where(rgb.greater(knee.linear), power, rgb.mul(12.92))
}

/** `toLab` of one colour in numbers, for what is known before a program is written. */
export function labOf(rgb: Triple): Triple {
  const linear = rgb.map(v => (v > knee.gamma ? ((v + 0.055) / 1.055) ** 2.4 : v / 12.92))
  const [fx, fy, fz] = toXyz.map((row, i) => {
    const t = row.reduce((sum, weight, c) => sum + weight * (linear[c] ?? 0), 0) / (white[i] ?? 1)
    return t > knee.lab ** 3 ? Math.cbrt(t) : t / slope + offset
  }) as [number, number, number]
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)]
}

function linearised(x: Tensor): Tensor {
  const power = x.maximum(knee.gamma).add(0.055).div(1.055).pow(2.4)
  return where(x.greater(knee.gamma), power, x.div(12.92))
}

function compressed(t: Tensor): Tensor {
  const cubeRoot = t.maximum(knee.lab ** 3).pow(1 / 3)
  return where(t.greater(knee.lab ** 3), cubeRoot, t.div(slope).add(offset))
}

/** Of another rank the colours would lie along another axis, and numbers come out all the same. */
function checked(operation: string, x: Tensor): Tensor {
  if (x.shape.length !== 4 || x.shape[1] !== 3)
    throw new ShapeError(operation, `[N, 3, H, W] is expected, got ${showShape(x.shape)}`)
  return x
}

type Three = [Tensor, Tensor, Tensor]
const split = (x: Tensor): Three => [x.slice(1, 0, 1), x.slice(1, 1, 2), x.slice(1, 2, 3)]
const perChannel = (values: readonly number[]): Tensor => constant(values, [3, 1, 1])

/** The product of a matrix with every pixel of [N, 3, H, W]. */
const mix = (x: Tensor, matrix: Matrix): Tensor =>
  concat(
    matrix.map(row => x.mul(perChannel(row)).sum(1, true)),
    1,
  )
