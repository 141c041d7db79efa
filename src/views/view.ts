import { z } from 'zod'
import type { Draw } from '../program/trace.js'
import { where } from '../tensor/elementwise.js'
import { sizes } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { colourJitter, randomGreyscale, randomSolarise } from './colour.js'
import { randomResizedCrop } from './crop.js'
import { toFloat } from './picture.js'
import { blur } from './resample.js'

const probability = z.number().min(0).max(1)
export const interval = (end: z.ZodNumber) =>
  z.tuple([end, end]).refine(([low, high]) => low <= high, 'the smaller number comes first')

/** How a picture is cropped and mirrored, which leaves its colours alone. @param crop the default share of its area */
export const cropOptions = (crop: [number, number]) =>
  z.strictObject({
    crop: interval(z.number().positive().max(1))
      .default(crop)
      .describe('share of the area that a crop covers, at least and at most'),
    aspect: interval(z.number().positive())
      .default([3 / 4, 4 / 3])
      .describe('ratio of width to height of a crop, at least and at most'),
    flip: probability.default(0.5).describe('probability of mirroring left and right'),
  })

/** How a random view is made. @param crop the default share of its area @param jitter the default strength */
export const viewOptionsOf = (crop: [number, number], jitter: number) =>
  cropOptions(crop)
    .extend({
      jitter: z
        .number()
        .min(0)
        .max(2)
        .default(jitter)
        .describe('strength s of the colour jitter: brightness, contrast and saturation by ± 0.8 s, hue by ± 0.2 s'),
      jitterProbability: probability.default(0.8).describe('probability that the colours are jittered at all'),
      greyscale: probability.default(0.2).describe('probability that a picture loses its colour'),
      blur: probability
        .default(0)
        .describe('probability of a Gaussian blur with a deviation of 0.1 to 2 px at 224 px, in proportion below'),
      solarise: probability.default(0).describe('probability that what is brighter than ½ is inverted'),
    })
    .prefault({})

/** The defaults are SimCLR's for small pictures, with a gentler crop. */
export const viewOptions = viewOptionsOf([0.2, 1], 0.5)
export type ViewOptions = z.output<typeof viewOptions>

/**
 * One random view of each picture: crop and flip, colour jitter, greyscale, blur, solarise, in this order.
 *
 * @param stored uint8 [N, H, W, C]
 * @param size height and width of the view
 * @returns float [N, C, size, size] in [0, 1]
 * @see Chen et al. 2020, appendix A
 */
export const randomView = (stored: Tensor, draw: Draw, size: number, options: ViewOptions): Tensor =>
  viewOf(toFloat(stored), draw, size, options)

/** The same of pictures or patches as the network takes them. @param x float [N, C, H, W] in [0, 1] */
export function viewOf(x: Tensor, draw: Draw, size: number, options: ViewOptions): Tensor {
  const { jitter: s, jitterProbability } = options
  const cropped = cropOf(x, draw, size, options)
  const jitter = {
    brightness: 0.8 * s,
    contrast: 0.8 * s,
    saturation: 0.8 * s,
    hue: 0.2 * s,
    probability: jitterProbability,
  }
  const coloured = s === 0 ? cropped : colourJitter(cropped, draw, jitter)
  const grey = randomGreyscale(coloured, draw, options.greyscale)
  return randomSolarise(randomBlur(grey, draw, options.blur), draw, options.solarise)
}

/**
 * A random part of each picture, perhaps mirrored, in its own colours.
 *
 * @param stored uint8 [N, H, W, C]
 * @returns float [N, C, size, size] in [0, 1]
 */
export const randomCrop = (stored: Tensor, draw: Draw, size: number, options: Crop): Tensor =>
  cropOf(toFloat(stored), draw, size, options)

type Crop = z.output<ReturnType<typeof cropOptions>>
const cropOf = (x: Tensor, draw: Draw, size: number, { crop, aspect, flip }: Crop) =>
  randomResizedCrop(x, draw, size, { area: crop, aspect, flip })

function randomBlur(x: Tensor, draw: Draw, probability: number): Tensor {
  if (probability === 0) return x
  const [n, , h] = sizes(x.shape, 3)
  const sigma = draw.uniform([n], 0.1, 2).mul(h / 224)
  return blur(x, where(draw.uniform([n]).less(probability), sigma, 0))
}
