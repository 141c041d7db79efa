/**
 * Layers, encoders and heads: functions of tensors that own variables.
 *
 * @module lacuna/nn
 */

export { filled, isTraining, latest, update, variable } from '../program/trace.js'
export { isThere, meanOfThere, thereOf } from '../tensor/there.js'
export { type BesideOptions, cepstraBeside, spectraBeside, spectraPerFrame } from './audio/beside.js'
export { type CodeHeadOptions, codeHead } from './audio/code-head.js'
export { type CodeUsage, codeUsage, inUse } from './audio/code-usage.js'
export { type CpcOptions, cpcEncoder, cpcPresets } from './audio/cpc.js'
export { type AudioEncoder, type ContextOptions, isAudioEncoder } from './audio/encoder.js'
export type { AudioEncoderName } from './audio/encoders.js'
export { type FrameConvOptions, frameConv, type Steps } from './audio/frame-conv.js'
export { gru } from './audio/gru.js'
export { type LearntCodes, type LearntCodesOptions, learntCodes } from './audio/learnt-codes.js'
export { type LogMelOptions, logMelEncoder, logMelPresets } from './audio/log-mel.js'
export { channelNorm, type FrameGroupNormOptions, type FrameNorm, frameGroupNorm } from './audio/norms.js'
export { type Gumbel, gumbelQuantiser, type Quantised, type QuantiserOptions } from './audio/quantiser.js'
export { type RandomCodesOptions, randomCodes } from './audio/random-codes.js'
export { type Wav2vecOptions, wav2vecEncoder, wav2vecPresets } from './audio/wav2vec.js'
export {
  isWav2vec2,
  type Wav2vec2Encoder,
  type Wav2vec2Options,
  wav2vec2Encoder,
  wav2vec2Presets,
} from './audio/wav2vec2.js'
export { type C4Options, c4 } from './c4.js'
export { checkpointed } from './checkpointed.js'
export { type Activation, type ClipLayersOptions, clipLayers } from './clip-layers.js'
export { type ClipViTOptions, clipVit, clipVitPresets } from './clip-vit.js'
export { type DilatedHeadOptions, dilatedHead } from './dilated-head.js'
export { discriminator } from './discriminator.js'
export {
  defineEncoder,
  type Encoder,
  type EncoderDefinition,
  type EncoderInput,
  type EncoderInputs,
} from './encoder.js'
export { type EncoderFamily, type EncoderName, encoderNames, makeEncoder } from './encoders.js'
export { asMap, featureMap } from './feature-map.js'
export * from './initial.js'
export * from './layers.js'
export { type MaskedDecoderOptions, maskedDecoder } from './masked-decoder.js'
export * from './module.js'
export { parameterCount } from './parameters.js'
export { eachPatch } from './patchwise.js'
export { type PictureDecoderOptions, pictureDecoder } from './picture-decoder.js'
export type { PictureEncoderName } from './picture-encoders.js'
export { type Pool, pools } from './pools.js'
export { sinCos2d } from './positions.js'
export { type ResNetDepth, type ResNetOptions, resnet } from './resnet.js'
export { type RowContextOptions, rowContext } from './row-context.js'
export { type Follower, teacherOf } from './teacher.js'
export type { TextEncoderName } from './text/encoders.js'
export { type TextTransformerOptions, textPresets, textTransformer } from './text/transformer.js'
export { attention, block, blocks, type TokenModule } from './transformer.js'
export { type Place, type PlaceOptions, placeIn, type See, vectorsAt } from './vectors.js'
export { isViT, type ViT, type ViTOptions, vit, vitPresets } from './vit.js'
