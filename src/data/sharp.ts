import { createRequire } from 'node:module'
import type sharpModule from 'sharp'
import type { Metadata } from 'sharp'

export type { OverlayOptions, Sharp } from 'sharp'

/** What a file says of its picture, as far as it matters here */
export type Looked = Pick<
  Metadata,
  | 'format'
  | 'width'
  | 'height'
  | 'channels'
  | 'depth'
  | 'space'
  | 'hasAlpha'
  | 'isProgressive'
  | 'pages'
  | 'compression'
>

/** sharp by its CommonJS entry: the other has a syntax that Node 20.9 cannot parse, and of which 20.10 to 20.17 warn. */
export const sharp: typeof sharpModule = createRequire(import.meta.url)('sharp')
