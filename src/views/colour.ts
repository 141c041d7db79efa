import type { Draw } from '../program/trace.js'
import { where } from '../tensor/elementwise.js'
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
  const factor = (range: number) => where(on, draw.uniform([n], Math.max(0, 1 - range), 1 + range), 1)
  const factors = [options.brightness, options.contrast, channels === 3 ? options.saturation : 0].map(factor)
  const turns = where(on, draw.uniform([n], -options.hue, options.hue), 0)
  const order = draw.permutation(n, 3)
  /** The three in their order, as far as a picture has them on this side of its hue */
  const blend = (x: Tensor, blends?: (round: number) => Tensor) =>
    range(BLENDS).reduce((picture, round) => {
      const own = blends === undefined ? factors : factors.map(factor => where(blends(round), factor, 1))
      return blendOne(picture, own, order.slice(1, round, round + 1).reshape(-1))
    }, x)
  if (channels !== 3 || options.hue === 0) return blend(x)
  const before = draw.integer([n], BLENDS + 1) // so many blends come before the hue
  const turned = turnHue(
    blend(x, round => before.greater(round)),
    turns,
  )
  return blend(turned, round => before.greater(round).not())
}
const BLENDS = 3

/**
 * All three are blends f·x + (1 − f)·t: towards black, towards the picture's mean grey, or towards its own grey.
 * @param which int [N]: 0 brightness, 1 contrast, 2 saturation
 */
function blendOne(x: Tensor, factors: readonly Tensor[], which: Tensor): Tensor {
  const [brightness = which, contrast = which, saturation = which] = factors
  const [isContrast, isSaturation] = [which.equal(1), which.equal(2)]
  const f = perPicture(where(isContrast, contrast, where(isSaturation, saturation, brightness)))
  const grey = luminance(x)
  const towards = where(perPicture(isSaturation), grey, where(perPicture(isContrast), grey.mean([1, 2, 3], true), 0))
  return x.sub(towards).mul(f).add(towards).clip(0, 1)
}

/** [N, 3, H, W] → [N, 1, H, W] with the weights of ITU-R BT.601; grey pictures as they are. */
export function luminance(x: Tensor): Tensor {
  if (x.shape[1] === 1) return x
  return x.mul(constant([0.299, 0.587, 0.114], [3, 1, 1])).sum(1, true)
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
  const hue = where(value.equal(r), g.sub(b).div(scale), ofGreenOrBlue) // in sixths of the circle
  const turned = hue.add(perPicture(turns).mul(6))
  const k = turned.add(constant([5, 3, 1], [3, 1, 1])) // red, green, blue
  const around = k.sub(k.div(6).floor().mul(6))
  return value.sub(chroma.mul(around.minimum(around.neg().add(4)).clip(0, 1)))
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
