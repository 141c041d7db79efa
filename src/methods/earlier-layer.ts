import type { ChannelOf } from '../channels/channel.js'
import { LacunaError } from '../errors.js'
import type { AudioEncoder } from '../nn/audio/encoder.js'
import { encoderNamed } from '../nn/encoders.js'
import { asCopies, asEvaluated } from '../program/trace.js'
import type { Tensor } from '../tensor/tensor.js'
import type { Sequence } from './method.js'
import { framesEncoder } from './sound.js'

/** A layer of the encoder of an earlier run. */
export interface EarlierLayer {
  /** Its folder */
  readonly run: string
  /** From 1 on */
  readonly layer: number
}

/**
 * The layer that targets are of: `runs/first:3`.
 * @returns undefined for `mfcc`
 * @throws LacunaError (wrong usage) for what is neither
 */
export function layerIn(targets: string): EarlierLayer | undefined {
  if (targets === 'mfcc') return undefined
  const [, run, layer] = /^(.+):([1-9]\d*)$/.exec(targets) ?? []
  if (run === undefined)
    throw new LacunaError(
      `targets=${targets} is neither mfcc nor a layer of an earlier run; type --set targets=runs/first:3 for its third layer`,
      2,
    )
  return { run, layer: Number(layer) }
}

/**
 * The encoder of an earlier run, frozen, as far as one of its layers. As part of the program its features are of the very windows
 * that are drawn; as part of the checkpoint it makes the earlier run needless once the training has begun.
 *
 * @param encoder the one that is trained: both have to have the same frames
 * @param name the architecture of the earlier one
 * @throws LacunaError (wrong usage) when it is no encoder of frames, has others than this one, or has no such layer
 */
export function earlierLayer(
  encoder: AudioEncoder,
  channel: ChannelOf<'audio'>,
  name: string,
  { run, layer }: EarlierLayer,
): { readonly module: AudioEncoder; readonly of: (audio: Sequence) => Tensor } {
  const definition = encoderNamed(name)
  if (definition.reads !== 'audio') throw new LacunaError(`${run}: its encoder ${name} does not hear`, 2)
  const module = framesEncoder(
    run,
    asCopies(new Map(), () => definition.build(channel as never)),
  )
  if (module.hop !== encoder.hop || module.framesOf(channel.length) !== encoder.framesOf(channel.length))
    throw new LacunaError(
      `${run}: its ${name} has a frame every ${module.hop} numbers, the encoder to train one every ${encoder.hop}; take ${module.masks ? `--encoder ${name}, or another run` : 'another run'}`,
      2,
    )
  if (layer > module.layers.length)
    throw new LacunaError(
      `${run}: its ${name} has ${module.layers.length} layers, not ${layer}; type --set targets=${run}:${Math.ceil(module.layers.length / 2)}`,
      2,
    )
  return {
    module,
    of: ({ values, lengths }) => asEvaluated(() => module.features(values, layer, lengths)),
  }
}
