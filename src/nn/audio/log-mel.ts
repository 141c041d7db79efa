import type { ChannelOf } from '../../channels/channel.js'
import { where } from '../../tensor/elementwise.js'
import { range, sizes } from '../../tensor/shape.js'
import type { Tensor } from '../../tensor/tensor.js'
import { logMel, perUtterance, speechFraming } from '../../views/index.js'
import { linear } from '../layers.js'
import { assembled } from './assembled.js'
import type { AudioEncoder, ContextOptions } from './encoder.js'
import { stepsOfEach } from './frame-conv.js'
import { frameTransformer, type TransformerOptions } from './wav2vec2-transformer.js'

type OfTransformer = Omit<TransformerOptions, 'hiddenWidth' | 'positions'> &
  Partial<Pick<TransformerOptions, 'positions'>>

/** Norms stand before attention (`pre`), and a convolution over 32 frames in up to 16 groups tells positions, unless told. */
export interface LogMelOptions extends OfTransformer {
  /** Frames of 10 ms in one of the latents: 2 unless told, so 50 a second; 4 makes 25 of them */
  readonly stack?: number
  /** Width of the hidden layers over dim; 4 unless told */
  readonly mlpRatio?: number
}

export const logMelPresets = {
  'log-mel-small': { dim: 192, depth: 4, heads: 4 },
  'log-mel-base': {
    ...{ dim: 768, depth: 12, heads: 12, positions: { kernel: 128, groups: 16 } },
    ...{ order: 'post', drops: 0.1 },
  },
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
  const { dim, depth, heads, stack = 2, mlpRatio = 4, order = 'pre' } = options
  const { positions = { kernel: 32, groups: dim % 16 === 0 ? 16 : heads } } = options
  const mel = { ...speechFraming(rate), bands: BANDS, low: 20, fade: 'hamming' } as const
  const short = { kernel: mel.window, stride: mel.hop }
  // the last of the latents may hold fewer frames, and zeros after them
  const stacking = { kernel: stack, stride: stack, padding: [0, stack - 1] } as const
  const latentWidth = stack * BANDS

  const projection = linear(latentWidth, dim)
  const encoder = frameTransformer({ ...options, order, positions, hiddenWidth: mlpRatio * dim })

  const latents = (waves: Tensor, lengths?: Tensor) => {
    const frames = perUtterance(logMel(waves, mel), lengths && stepsOfEach(lengths, short))
    const [n, count] = sizes(frames.shape, 2)
    const rows = Math.ceil(count / stack)
    return frames.pad(1, 0, rows * stack - count).reshape(n, rows, latentWidth)
  }
  const context = (latents: Tensor, { frames, hidden, depth }: ContextOptions = {}) => {
    const shown = hidden === undefined ? latents : where(hidden.reshape(...hidden.shape, 1), 0, latents)
    return encoder(projection(shown), frames, depth)
  }
  return assembled({ projection, encoder }, [short, stacking], {
    latentWidth,
    width: dim,
    causal: false,
    masks: true,
    layers: range(depth).map(i => `block${i + 1}`),
    latents,
    context,
  })
}
