import { z } from 'zod'
import { callable, checkDefinition, refuseName, thisCopy } from '../definition.js'
import type { Reader } from './types.js'

/** A reader of one's own, for `openPictures`. */
export const defineReader = (definition: Pick<Reader, 'name' | 'open'>): Reader => ({
  ...definition,
  defines: 'reader',
  madeBy: thisCopy,
})

/** Names that say in a store who has read it */
const BUILT_IN = ['idx', 'folder', 'picture']

/**
 * Looks at a reader that comes from elsewhere.
 * @throws LacunaError (wrong usage) when it is none, is not whole, was made by another copy of Lacuna, or has the name of one
 *   that is built in
 */
export function checkedReader(reader: Reader): Reader {
  checkDefinition('reader', 'defineReader', reader, z.object({ open: callable }))
  if (BUILT_IN.includes(reader.name)) refuseName('reader', reader.name)
  return reader
}
