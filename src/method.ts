/**
 * What a method of one's own is written with: see `docs/guide/own-methods.md`.
 *
 * @module lacuna/method
 */

export { z } from 'zod'
export * from './channels/channel.js'
export type { Gathered, GatheredOf, GatheredSequence, SequenceValues } from './channels/gathered.js'
export type { Copy, Definition } from './definition.js'
export { LacunaError } from './errors.js'
export * from './methods/method.js'
export {
  defineEncoder,
  type Encoder,
  type EncoderDefinition,
  type EncoderInput,
  type EncoderInputs,
} from './nn/encoder.js'
export type { See } from './nn/vectors.js'
export type { Draw } from './program/trace.js'
