import { LacunaError } from '../errors.js'
import { nearest } from '../nearest.js'
import type { Tensor } from '../tensor/tensor.js'
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
  return { layer: named, pool: chosen }
}

/** @returns pictures [N, C, H, W] → a vector each, [N, width of the layer] */
export function vectorsAt(encoder: Encoder, { layer, pool }: Place): (x: Tensor) => Tensor {
  const depth = encoder.layers.indexOf(layer) + 1
  if (depth === encoder.layers.length && pool === encoder.pool) return encoder
  return x => {
    const features = encoder.features(x, depth)
    if (features.rank === 4) return globalAverage(features)
    if (pool === 'class') return features.slice(1, 0, 1).reshape(features.size(0), -1)
    return features.slice(1, encoder.pool === 'class' ? 1 : 0).mean(1) // only an encoder that pools so has the token
  }
}
