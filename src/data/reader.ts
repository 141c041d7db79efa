import { thisCopy } from '../definition.js'
import type { Reader } from './types.js'

/** A reader of one's own, for `openPictures`, `openRecordings` and `openData`. */
export const defineReader = (definition: Pick<Reader, 'name' | 'open'>): Reader => ({
  ...definition,
  defines: 'reader',
  madeBy: thisCopy,
})
