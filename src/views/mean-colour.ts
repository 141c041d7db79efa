import { z } from 'zod'
import type { Tensor } from '../tensor/tensor.js'

/** The colour that says least about a picture, and how far the pixels are from it; in [0, 1]. */
export const meanColour = z.strictObject({
  /** One number a channel */
  mean: z.array(z.number()).min(1),
  /** Mean square of what pixels differ by: the error of a network that always answers with this colour */
  variance: z.number().nonnegative(),
})
export type MeanColour = z.output<typeof meanColour>

/** @param pictures uint8 [count, size, size, channels] */
export function meanColourOf(pictures: Uint8Array, channels: number): MeanColour {
  const sums = new Float64Array(channels)
  const squares = new Float64Array(channels)
  for (let i = 0; i < pictures.length; i++) {
    const value = (pictures[i] ?? 0) / 255
    const channel = i % channels
    sums[channel] = (sums[channel] ?? 0) + value
    squares[channel] = (squares[channel] ?? 0) + value * value
  }
  const pixels = pictures.length / channels
  const mean = Array.from(sums, sum => sum / pixels)
  const variances = mean.map((m, channel) => (squares[channel] ?? 0) / pixels - m * m)
  return { mean, variance: Math.max(0, variances.reduce((sum, v) => sum + v, 0) / channels) }
}

/**
 * The mean of what is shown of each picture, everywhere.
 * @param x [N, C, H, W]
 * @param shown [N or 1, 1, H, W]: 1 or 0, somewhere 1
 * @returns [N, C, H, W]
 */
export const meanOfShown = (x: Tensor, shown: Tensor): Tensor =>
  x
    .mul(shown)
    .sum([2, 3], true)
    .div(shown.sum([2, 3], true))
    .expand(...x.shape)
