import type { ChannelOf, Kind } from '../channels/channel.js'
import { type Definition, thisCopy } from '../definition.js'
import type { Tensor } from '../tensor/tensor.js'
import type { Module } from './module.js'
import type { Pool } from './pools.js'

/**
 * One vector a sample, [N, width], of what it reads: images float [N, C, H, W] in [0, 1], waves float [N, length] in [−1, 1).
 * Of what goes on in time it is told the lengths, int [N] in units of the channel, and what lies after them changes nothing;
 * without lengths all of it is there.
 */
export interface Encoder extends Module<[x: Tensor, lengths?: Tensor]> {
  /** The kind of channel */
  readonly reads: Kind
  /** Numbers in the vector */
  readonly width: number
  /** What the vector is pooled from: a map [N, C, h, w] of a convolutional encoder, tokens [N, L, width] of a transformer, frames [N, T, width] of sound */
  readonly features: (x: Tensor, depth?: number, lengths?: Tensor) => Tensor
  /** Of what goes on in time: how many rows of the features there are for so many units, int [N] → int [N] */
  readonly frames?: (lengths: Tensor) => Tensor
  /** Names of what can be looked at inside, from the first to the last; `features` stops after `depth` of them */
  readonly layers: readonly string[]
  /** How the vector is made of the features */
  readonly pool: Pool
}

/** An architecture by its name: what `build` makes of it fits the pictures that it is told of. */
export interface EncoderDefinition<K extends Kind = Kind> extends Definition {
  readonly defines: 'encoder'
  /** The kind of channel that it takes */
  readonly reads: K
  /** What it is, in a line */
  readonly description?: string
  /** @throws LacunaError (2) when the encoder does not fit the data */
  build(input: EncoderInputs[K]): Encoder
}

/** An encoder of one's own, for `pretrain` and `openRun`. Its modules are made anew at each `build`. */
export const defineEncoder = <K extends Kind>(
  definition: Omit<EncoderDefinition<K>, 'defines' | 'madeBy'>,
): EncoderDefinition<K> => ({ ...definition, defines: 'encoder', madeBy: thisCopy })

export const encoderNameOf = (encoder: string | EncoderDefinition): string =>
  typeof encoder === 'string' ? encoder : encoder.name

/** What an encoder of each kind is built for: the channel, and of pictures what a method may want of them. */
export type EncoderInputs = { readonly [K in Kind]: K extends 'image' ? EncoderInput : ChannelOf<K> }

/** What an encoder of pictures is built for. */
export interface EncoderInput {
  /** Height and width of the pictures */
  readonly size: number
  readonly channels: number
  /** First values of a transformer's positions: random as timm's unless told, or sines and cosines of row and column */
  readonly positions?: 'random' | 'sin-cos'
}
