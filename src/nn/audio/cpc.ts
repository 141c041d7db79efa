import type { Tensor } from '../../tensor/tensor.js'
import { module } from '../module.js'
import { assembled } from './assembled.js'
import type { AudioEncoder } from './encoder.js'
import { chain, frameConv, type Steps } from './frame-conv.js'
import { gru } from './gru.js'
import { channelNorm, silenced } from './norms.js'

const convolutions = [
  { kernel: 10, stride: 5, padding: [3, 3] },
  { kernel: 8, stride: 4, padding: [2, 2] },
  { kernel: 4, stride: 2, padding: [1, 1] },
  { kernel: 4, stride: 2, padding: [1, 1] },
  { kernel: 4, stride: 2, padding: [1, 1] },
] as const satisfies readonly Steps[]

export interface CpcOptions {
  /** Channels of the convolutions */
  readonly channels: number
  /** Numbers in the state of the recurrent context */
  readonly hidden: number
}

export const cpcPresets = {
  'cpc-small': { channels: 128, hidden: 128 },
  cpc: { channels: 512, hidden: 256 },
} as const satisfies Record<string, CpcOptions>

/**
 * The encoder of contrastive predictive coding: five convolutions that see 465 numbers every 160, with channel norm in place
 * of batch norm, which would tell of the future; then a recurrent context of all frames up to each one. Zeros stand around
 * the wave, so that frame t sees the 465 numbers from 160 · t − 153 on.
 * @see van den Oord et al. 2018; Rivière et al. 2020
 */
export function cpcEncoder({ channels, hidden }: CpcOptions): AudioEncoder {
  const layers = convolutions.map(({ kernel, ...options }, i) => ({
    conv: frameConv(i === 0 ? 1 : channels, channels, kernel, { ...options, int8: true }),
    norm: channelNorm(channels),
  }))
  const named = layers.flatMap(({ conv, norm }, i) => [[`conv${i}`, conv] as const, [`norm${i}`, norm] as const])
  const each = layers.map(
    ({ conv, norm }) =>
      (x: Tensor, frames?: Tensor) =>
        silenced(norm(conv(x)).relu(), frames),
  )
  const encoder = module(Object.fromEntries(named), chain(each, convolutions))
  const context = gru(channels, hidden)
  return assembled({ encoder, context }, convolutions, {
    latentWidth: channels,
    width: hidden,
    causal: true,
    masks: false,
    layers: ['latents', 'context'],
    latents: encoder,
    context: (latents, { depth } = {}) => (depth === 1 ? latents : context(latents)),
  })
}
