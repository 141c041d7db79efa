import type { Tensor } from '../tensor/tensor.js'
import type { Module } from './module.js'

/** A picture encoder: [N, C, H, W] in [0, 1] → one vector a picture, [N, width]. */
export interface Encoder extends Module {
  /** Numbers in the vector */
  readonly width: number
  /** What the vector is pooled from: a map [N, C, h, w] of a convolutional encoder, tokens [N, L, width] of a transformer */
  readonly features: (x: Tensor) => Tensor
}

/** What an encoder is built for. */
export interface EncoderInput {
  /** Height and width of the pictures */
  readonly size: number
  readonly channels: number
  /** First values of a transformer's positions: random as timm's unless told, or sines and cosines of row and column */
  readonly positions?: 'random' | 'sin-cos'
}
