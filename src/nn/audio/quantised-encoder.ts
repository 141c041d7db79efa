import { codeDiversity } from '../../losses/codes.js'
import { codebookLoss } from '../../losses/vector-quantisation.js'
import { type Draw, draw } from '../../program/trace.js'
import type { Tensor } from '../../tensor/tensor.js'
import { constant } from '../../tensor/tensor.js'
import { meanOfThere } from '../../tensor/there.js'
import { type Module, module } from '../module.js'
import type { AudioEncoder, ContextOptions } from './encoder.js'
import { drawnInTraining, type LearntCodesOptions, weightedShare } from './learnt-codes.js'
import { type NearestCodesOptions, nearestCodes } from './nearest-codes.js'
import { gumbelQuantiser } from './quantiser.js'

/** Frames in whose place codes stand. */
export interface CodedFrames {
  /** [N, T, latentWidth] */
  readonly latents: Tensor
  /** int [N, T, G] */
  readonly codes: Tensor
  /** What the codes themselves cost, float [], of frames that weigh so much, [N, T] */
  readonly cost: (weight: Tensor) => Tensor
}

/** Frames [N, T, latentWidth], of which so many are there, int [N]; codes are drawn in training where there is something to draw by */
export type FrameQuantiser = Module<[frames: Tensor, there: Tensor, draw?: Draw], CodedFrames>

export interface FrameQuantiserOptions {
  readonly groups: number
  /** In a group */
  readonly codes: number
  readonly shared: boolean
}

/** The mean of the numbers of codes before the first step: drawn ones are U(0, 1), and nearest ones are made to have it */
export const CODE_MEAN = 0.5

/**
 * The likeliest codes by a network of one hidden layer, drawn in training.
 * @param diversity what unused codes cost
 */
export function gumbelFrames(
  latentWidth: number,
  {
    temperature,
    diversity,
    ...options
  }: FrameQuantiserOptions & Pick<LearntCodesOptions, 'temperature'> & { readonly diversity: number },
): FrameQuantiser {
  const quantiser = gumbelQuantiser({ ...options, inputs: latentWidth, width: latentWidth, hidden: 2 * latentWidth })
  return module(quantiser.parts, (frames: Tensor, _: Tensor, draw?: Draw) => {
    const { vectors, codes, probabilities } = quantiser(frames, draw && drawnInTraining(draw, temperature))
    return {
      latents: vectors.reshape(...frames.shape),
      codes: codes.reshape(frames.size(0), frames.size(1), options.groups),
      cost: weight => codeDiversity(weightedShare(probabilities, weight.reshape(-1))).mul(diversity),
    }
  })
}

/**
 * The nearest codes.
 * @param commitment γ: how strongly frames are drawn to their codes
 */
export function nearestFrames(
  latentWidth: number,
  {
    commitment,
    ...options
  }: FrameQuantiserOptions & Pick<NearestCodesOptions, 'together'> & { readonly commitment: number },
): FrameQuantiser {
  const quantiser = nearestCodes({ ...options, inputs: latentWidth, mean: CODE_MEAN })
  return module(quantiser.parts, (frames: Tensor, there: Tensor, by: Draw = draw) => {
    const { vectors, codes, replaced, chosen } = quantiser(frames, there, by)
    return {
      latents: vectors.reshape(...frames.shape),
      codes: codes.reshape(frames.size(0), frames.size(1), options.groups),
      cost: weight => codebookLoss(replaced, chosen, weight.reshape(-1), commitment),
    }
  })
}

export interface QuantisedEncoder extends AudioEncoder {
  /** The latents as codes, drawn in training */
  readonly coded: (waves: Tensor, lengths: Tensor, draw: Draw) => CodedFrames
}

/**
 * An encoder whose context is of codes: what the latents are replaced by is one more of its layers, between them and the context.
 * What is asked of it without a draw takes the likeliest codes.
 */
export function quantisedEncoder(encoder: AudioEncoder, quantiser: FrameQuantiser): QuantisedEncoder {
  const parts = { ...encoder.parts, quantiser }
  const framesOf = (lengths: Tensor | undefined) => lengths && encoder.frames(lengths)
  const coded = (waves: Tensor, lengths?: Tensor, draw?: Draw) => {
    const latents = encoder.latents(waves, lengths)
    return quantiser(latents, framesOf(lengths) ?? allOf(latents), draw)
  }
  const latents = module(parts, (waves: Tensor, lengths?: Tensor) => coded(waves, lengths).latents)
  const context = (latents: Tensor, { depth, ...options }: ContextOptions = {}) =>
    encoder.context(latents, { ...options, ...(depth !== undefined && { depth: depth - 1 }) })
  const features = (waves: Tensor, depth?: number, lengths?: Tensor) =>
    depth === 1
      ? encoder.latents(waves, lengths)
      : context(latents(waves, lengths), { frames: framesOf(lengths), depth })
  const [first = 'latents', ...later] = encoder.layers
  const whole = module(parts, (waves: Tensor, lengths?: Tensor) => {
    const y = features(waves, undefined, lengths)
    return lengths === undefined ? y.mean(1) : meanOfThere(y, encoder.frames(lengths))
  })
  return Object.assign(whole, {
    ...encoder,
    parts,
    layers: [first, 'codes', ...later],
    ...{ coded: module(parts, coded), latents, context, features },
  })
}

const allOf = (frames: Tensor): Tensor =>
  constant(Array<number>(frames.size(0)).fill(frames.size(1)), [frames.size(0)], 'int')
