import type { ChannelOf } from '../../channels/channel.js'
import { where } from '../../tensor/elementwise.js'
import { range, sizes } from '../../tensor/shape.js'
import { constant, type Tensor } from '../../tensor/tensor.js'
import { logMel, perUtterance, speechFraming } from '../../views/index.js'
import { layerNorm, linear } from '../layers.js'
import { sinCos } from '../positions.js'
import { hidingPadding, blocks as transformerBlocks } from '../transformer.js'
import { assembled } from './assembled.js'
import type { AudioEncoder, ContextOptions } from './encoder.js'
import { stepsOfEach } from './frame-conv.js'

export interface LogMelOptions {
  readonly dim: number
  readonly depth: number
  readonly heads: number
  /** Frames of 10 ms in one of the latents: 2 unless told, so 50 a second; 4 makes 25 of them */
  readonly stack?: number
  /** Width of the hidden layer over dim */
  readonly mlpRatio?: number
}

export const logMelPresets = {
  'log-mel-small': { dim: 192, depth: 4, heads: 4 },
  'log-mel-base': { dim: 768, depth: 12, heads: 12 },
} as const satisfies Record<string, LogMelOptions>

const BANDS = 40

/**
 * A transformer over log-mel frames. The latents have no parameters, so nothing that is to be guessed of them can
 * collapse: 40 bands of 25 ms every 10 ms, each with mean 0 and deviation 1 over its utterance, `stack` of them in a row.
 *
 * What is hidden stands as zeros, which is the mean. A hidden frame shares 15 ms of the wave with each neighbour; and the
 * means and deviations of the utterance, a number each for a band, know of it.
 *
 * @see Lin et al. 2023, MelHuBERT; Chiu et al. 2022, BEST-RQ
 */
export function logMelEncoder({ rate }: Pick<ChannelOf<'audio'>, 'rate'>, options: LogMelOptions): AudioEncoder {
  const { dim, depth, heads, stack = 2, mlpRatio = 4 } = options
  const mel = { ...speechFraming(rate), bands: BANDS, low: 20, fade: 'hamming' } as const
  const short = { kernel: mel.window, stride: mel.hop }
  // the last of the latents may hold fewer frames, and zeros after them
  const stacking = { kernel: stack, stride: stack, padding: [0, stack - 1] } as const
  const latentWidth = stack * BANDS

  const projection = linear(latentWidth, dim)
  const blocks = transformerBlocks(depth, dim, heads, mlpRatio)
  const norm = layerNorm(dim)

  const latents = (waves: Tensor, lengths?: Tensor) => {
    const frames = perUtterance(logMel(waves, mel), lengths && stepsOfEach(lengths, short))
    const [n, count] = sizes(frames.shape, 2)
    const rows = Math.ceil(count / stack)
    return frames.pad(1, 0, rows * stack - count).reshape(n, rows, latentWidth)
  }
  const context = (latents: Tensor, { frames, hidden, depth }: ContextOptions = {}) => {
    const [, count] = sizes(latents.shape, 2)
    const shown = hidden === undefined ? latents : where(hidden.reshape(...hidden.shape, 1), 0, latents)
    const tokens = projection(shown).add(constant(sinCos(range(count), dim), [count, dim]))
    return norm(blocks(tokens, frames && hidingPadding(frames, count), depth))
  }
  return assembled({ projection, blocks, norm }, [short, stacking], {
    latentWidth,
    width: dim,
    causal: false,
    masks: true,
    layers: range(depth).map(i => `block${i + 1}`),
    latents,
    context,
  })
}
