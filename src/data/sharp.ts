import { createRequire } from 'node:module'
import type sharpModule from 'sharp'

export type { Metadata, OverlayOptions, Sharp } from 'sharp'

/** sharp by its CommonJS entry: the other has a syntax that Node 20.9 cannot parse, and of which 20.10 to 20.17 warn. */
export const sharp: typeof sharpModule = createRequire(import.meta.url)('sharp')
