import { bestRq } from './best-rq.js'
import { clip } from './clip.js'
import { colorization } from './colorization.js'
import { contextEncoder } from './context-encoder.js'
import { cpc } from './cpc.js'
import { cpcImage } from './cpc-image.js'
import { hubert } from './hubert.js'
import { jigsaw } from './jigsaw.js'
import { mae } from './mae.js'
import type { Method } from './method.js'
import { named } from './named.js'
import { nextFrame } from './next-frame.js'
import { relativePosition } from './relative-position.js'
import { rotation } from './rotation.js'
import { siglip } from './siglip.js'
import { simclr } from './simclr.js'
import { soundtrack } from './soundtrack.js'
import { vqWav2vec } from './vq-wav2vec.js'
import { wav2vec } from './wav2vec.js'
import { wav2vec2 } from './wav2vec2.js'

export * from './method.js'
export {
  bestRq,
  clip,
  colorization,
  contextEncoder,
  cpc,
  cpcImage,
  hubert,
  jigsaw,
  mae,
  nextFrame,
  relativePosition,
  rotation,
  siglip,
  simclr,
  soundtrack,
  vqWav2vec,
  wav2vec,
  wav2vec2,
}

export type MethodName =
  | 'colorization'
  | 'context-encoder'
  | 'mae'
  | 'relative-position'
  | 'jigsaw'
  | 'rotation'
  | 'simclr'
  | 'clip'
  | 'siglip'
  | 'cpc-image'
  | 'cpc'
  | 'wav2vec'
  | 'vq-wav2vec'
  | 'best-rq'
  | 'hubert'
  | 'wav2vec2'
  | 'next-frame'
  | 'soundtrack'

/** The methods that are built in. */
export const methods: readonly (Method & { readonly name: MethodName })[] = [
  colorization,
  contextEncoder,
  mae,
  relativePosition,
  jigsaw,
  rotation,
  simclr,
  clip,
  siglip,
  cpcImage,
  cpc,
  wav2vec,
  vqWav2vec,
  bestRq,
  hubert,
  wav2vec2,
  nextFrame,
  soundtrack,
]

/**
 * @param others that are known beside those built in
 * @throws LacunaError (wrong usage) that names the methods there are
 */
export const methodNamed = (name: MethodName | (string & {}), others: readonly Method[] = []): Method =>
  named(name, [...others, ...methods])
