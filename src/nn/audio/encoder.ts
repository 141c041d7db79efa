import type { Tensor } from '../../tensor/tensor.js'
import type { Encoder } from '../encoder.js'

/** What a context is told beside the latents. */
export interface ContextOptions {
  /** int [N]: how many of the frames are there; all unless told. What lies after them changes nothing that is there. */
  readonly frames?: Tensor
  /** bool [N, T]: frames in whose place something stands that says nothing. Only where the encoder `masks`. */
  readonly hidden?: Tensor
  /** Stops after so many of the encoder's `layers` */
  readonly depth?: number
}

/**
 * An encoder of sound in its two halves: frames of the wave, each for itself, and what each frame is among the others.
 * `features` is the context of the latents; the vector is its mean over the frames that are there.
 */
export interface AudioEncoder extends Encoder {
  readonly reads: 'audio'
  /** Numbers of the wave from one frame to the next */
  readonly hop: number
  /** Numbers of the wave that one frame of the latents sees: frame t sees those from t · hop − before on */
  readonly receptiveField: number
  /** Numbers that stand before the wave, such as zeros around it; none unless told */
  readonly before?: number
  /** Numbers in a frame of the latents */
  readonly latentWidth: number
  /** A frame of the context knows of no later frame */
  readonly causal: boolean
  /** Frames can be hidden from the context */
  readonly masks: boolean
  /** Frames of so many numbers of a wave; 0 where they are too few for one */
  readonly framesOf: (samples: number) => number
  readonly frames: (lengths: Tensor) => Tensor
  /** Waves float [N, length] → frames [N, T, latentWidth]: what is hidden, guessed, or made into codes */
  readonly latents: (waves: Tensor, lengths?: Tensor) => Tensor
  /** Frames [N, T, latentWidth] → [N, T, width] */
  readonly context: (latents: Tensor, options?: ContextOptions) => Tensor
}

export const isAudioEncoder = (encoder: Encoder): encoder is AudioEncoder =>
  encoder.reads === 'audio' && 'latents' in encoder && 'context' in encoder
