import type { Tensor } from '../tensor/tensor.js'

/** Pictures as they are stored, uint8 [N, H, W, C], as the network takes them: float [N, C, H, W] in [0, 1]. */
export function toFloat(stored: Tensor): Tensor {
  return stored.transpose(0, 3, 1, 2).cast('float').div(255)
}

/** The other way, for looking at: float [N, C, H, W] → uint8 [N, H, W, C], rounded and clipped. */
export function toStored(pictures: Tensor): Tensor {
  return pictures.clip(0, 1).mul(255).add(0.5).floor().cast('uint8').transpose(0, 2, 3, 1)
}

/** One number a picture, float [N], in the shape that multiplies [N, C, H, W]. */
export const perPicture = (x: Tensor): Tensor => x.reshape(-1, 1, 1, 1)
