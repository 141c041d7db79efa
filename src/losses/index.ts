/**
 * Pure objectives, and what a network that knows nothing gets of each.
 *
 * @module lacuna/losses
 */

export * from './adversarial.js'
export * from './clip.js'
export * from './codes.js'
export * from './cross-entropy.js'
export * from './future-frames.js'
export * from './info-nce.js'
export * from './masked-error.js'
export * from './ntxent.js'
export * from './own-frame.js'
export type { Pairs, PairsResult } from './pairs.js'
export * from './siglip.js'
export * from './soft-cross-entropy.js'
