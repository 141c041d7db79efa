import type { Draw } from '../program/trace.js'
import { where } from '../tensor/elementwise.js'
import { concat } from '../tensor/movement.js'
import { range, sizes } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { perPicture } from './picture.js'

export interface JitterOptions {
  /** Factors are drawn from [max(0, 1 − x), 1 + x] */
  readonly brightness: number
  readonly contrast: number
  readonly saturation: number
  /** Hue moves by up to this share of the circle, both ways */
  readonly hue: number
  /** Probability that a picture is changed at all */
  readonly probability: number
}

/**
 * Brightness, contrast, saturation and hue in a random order for each picture, clipped to [0, 1] after each, as torchvision's
 * ColorJitter. The costly turn of the hue is computed once: what comes before it for one picture and after it for another is
 * computed on both sides, and does nothing on the other. Grey pictures (C = 1) have no hue or saturation.
 *
 * @param x [N, C, H, W] in [0, 1]
 */
export function colourJitter(x: Tensor, draw: Draw, options: JitterOptions): Tensor {
  const [n, channels] = sizes(x.shape, 2)
  const on = draw.uniform([n]).less(options.probability)
  const factor = (range: number) => where(on, draw.uniform([n], Math.max(0, 1 - range), 1 + range), 1).reshape(n, 1)
  const factors = [options.brightness, options.contrast, channels === 3 ? options.saturation : 0].map(factor)
  const turns = where(on, draw.uniform([n], -options.hue, options.hue), 0)
  const order = draw.permutation(n, BLENDS)
  const inOrder = concat(factors, 1).takeAlong(order, 1)
  if (channels !== 3 || options.hue === 0) return blend(x, inOrder, order)
  const before = draw.integer([n], BLENDS + 1) // so many blends come before the hue
  const isBefore = before
    .cast('float')
    .reshape(n, 1)
    .greater(constant(range(BLENDS)))
  const turned = turnHue(blend(x, where(isBefore, inOrder, 1), order), turns)
  return blend(turned, where(isBefore, 1, inOrder), order)
}
const BLENDS = 3

/**
 * Blends f·x + (1 − f)·t one after the other: towards black, towards the picture's mean grey, or towards its own grey. Each is
 * a product with a small matrix, which passes over the pixels fewer times than the sums written out.
 * @param factors f, [N, blends]
 * @param kinds int [N, blends]: 0 brightness, 1 contrast, 2 saturation
 */
function blend(x: Tensor, factors: Tensor, kinds: Tensor): Tensor {
  const [n, c] = sizes(x.shape, 2)
  const weights = constant(c === 1 ? [1] : GREY, [c])
  const share = (kind: number) => where(kinds.equal(kind), factors.neg().add(1), 0)
  const each = (t: Tensor) => t.reshape(n, -1, 1, 1)
  const matrices = identity(c)
    .mul(each(factors))
    .add(weights.mul(each(share(SATURATION)))) // [N, blends, C, C]
  const greys = weights.mul(each(share(CONTRAST))).reshape(n, -1, c) // [N, blends, C]
  const pixels = range(factors.size(1)).reduce(
    (y, i) => {
      const of = (t: Tensor) => t.slice(1, i, i + 1)
      const grey = of(greys).matmul(y.mean(-1, true)) // [N, 1, 1]
      return of(matrices).reshape(n, c, c).matmul(y).add(grey).clip(0, 1)
    },
    x.reshape(n, c, -1),
  )
  return pixels.reshape(...x.shape)
}
const [CONTRAST, SATURATION] = [1, 2]
/** Weights of ITU-R BT.601 */
const GREY = [0.299, 0.587, 0.114]
const identity = (n: number): Tensor =>
  constant(
    range(n * n).map(i => (i % (n + 1) === 0 ? 1 : 0)),
    [n, n],
  )

/** [N, 3, H, W] → [N, 1, H, W] as ITU-R BT.601 weighs them; grey pictures as they are. */
export function luminance(x: Tensor): Tensor {
  if (x.shape[1] === 1) return x
  return x.mul(constant(GREY, [3, 1, 1])).sum(1, true)
}

/**
 * Turns the hue in HSV, keeping value and chroma.
 * @param x [N, 3, H, W] in [0, 1]
 * @param turns float [N], 1 is the whole circle
 */
export function turnHue(x: Tensor, turns: Tensor): Tensor {
  const [r, g, b] = [0, 1, 2].map(c => x.slice(1, c, c + 1)) as [Tensor, Tensor, Tensor]
  const value = r.maximum(g).maximum(b)
  const chroma = value.sub(r.minimum(g).minimum(b))
  const scale = chroma.maximum(1e-8)
  const ofGreenOrBlue = where(value.equal(g), b.sub(r).div(scale).add(2), r.sub(g).div(scale).add(4))
  const plain = where(value.equal(r), g.sub(b).div(scale), ofGreenOrBlue)
  const turned = plain.add(perPicture(turns).mul(6)) // in sixths of the circle
  const hue = turned.sub(turned.div(6).floor().mul(6))
  const k = hue.add(constant([0, -2, -4], [3, 1, 1])) // red, green, blue, from −5 to 6
  return value.sub(chroma.mul(constant(2).sub(k.abs().sub(3).abs()).clip(0, 1)))
}

/** With the given probability, a picture without colour. */
export function randomGreyscale(x: Tensor, draw: Draw, probability: number): Tensor {
  if (x.shape[1] === 1 || probability === 0) return x
  return where(perPicture(draw.uniform([x.size(0)]).less(probability)), luminance(x), x)
}

/** With the given probability, what is brighter than ½ is inverted. */
export function randomSolarise(x: Tensor, draw: Draw, probability: number): Tensor {
  if (probability === 0) return x
  const chosen = perPicture(draw.uniform([x.size(0)]).less(probability))
  return where(chosen.and(x.less(0.5).not()), x.neg().add(1), x)
}
