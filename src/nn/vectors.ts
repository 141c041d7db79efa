import { LacunaError } from '../errors.js'
import { nearest } from '../nearest.js'
import { concat } from '../tensor/movement.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { deviationOfThere, meanOfThere } from '../tensor/there.js'
import { atTheEnd } from './at-the-end.js'
import type { Encoder } from './encoder.js'
import { globalAverage } from './layers.js'
import { type Pool, pools } from './pools.js'

export type { Pool } from './pools.js'

/** Where in an encoder a vector is taken. */
export interface Place {
  /** One of the encoder's `layers` */
  readonly layer: string
  readonly pool: Pool
}

/** A place as people ask for it; the rest is as usual. */
export interface PlaceOptions {
  /** A layer by its name, or by its number from 1 on; the last unless told */
  readonly layer?: string | number
  readonly pool?: Pool
}

/**
 * @param usual how the method pools, unless it leaves that to the encoder
 * @throws LacunaError (wrong usage) when the encoder has no such layer, or no class token
 */
export function placeIn(encoder: Encoder, { layer, pool }: PlaceOptions = {}, usual = encoder.pool): Place {
  const { layers } = encoder
  const last = layers.at(-1) ?? ''
  const named = layer === undefined ? last : (layers[Number(layer) - 1] ?? `${layer}`)
  if (!layers.includes(named)) {
    const guess = nearest(named, layers)
    throw new LacunaError(
      `--layer ${layer}: this encoder has ${layers.join(', ')}${guess === undefined ? '' : `; did you mean ${guess}?`}`,
      2,
    )
  }
  const chosen = pool ?? usual
  if (!pools.includes(chosen)) throw new LacunaError(`--pool ${chosen}: ${pools.join(' or ')} is expected`, 2)
  if (chosen === 'class' && encoder.pool !== 'class')
    throw new LacunaError('--pool class: this encoder has no class token; use --pool mean', 2)
  if (chosen === 'end' && encoder.reads !== 'text')
    throw new LacunaError('--pool end: is for encoders of text; use --pool mean', 2)
  if (chosen === 'mean-sd' && encoder.reads !== 'audio')
    throw new LacunaError('--pool mean-sd: is for encoders of recordings; use --pool mean', 2)
  return { layer: named, pool: chosen }
}

/** What an encoder sees as one vector each, [N, width of the layer]; see {@link Encoder}. */
export type See = (x: Tensor, lengths?: Tensor) => Tensor

/** One vector a sample, taken at a place in an encoder. */
export function vectorsAt(encoder: Encoder, { layer, pool }: Place): See {
  const depth = encoder.layers.indexOf(layer) + 1
  if (depth === encoder.layers.length && pool === encoder.pool) return encoder
  return (x, lengths) => {
    const features = encoder.features(x, depth, lengths)
    if (features.rank === 4) return globalAverage(features)
    if (pool === 'class') return features.slice(1, 0, 1).reshape(features.size(0), -1)
    if (pool === 'end') return atTheEnd(features, x)
    const frames = framesOf(encoder, features, lengths)
    if (pool === 'mean-sd') return concat([meanOfThere(features, frames), deviationOfThere(features, frames)], 1)
    if (lengths !== undefined && encoder.frames !== undefined) return meanOfThere(features, frames)
    return features.slice(1, encoder.pool === 'class' ? 1 : 0).mean(1) // only an encoder that pools so has the token
  }
}

/** How many rows of the features are there: all, unless the lengths say otherwise. */
function framesOf(encoder: Encoder, features: Tensor, lengths: Tensor | undefined): Tensor {
  if (lengths !== undefined && encoder.frames !== undefined) return encoder.frames(lengths)
  const n = features.size(0)
  return constant(Array<number>(n).fill(features.size(1)), [n], 'int')
}
