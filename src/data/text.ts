import { readFileSync } from 'node:fs'
import { LacunaError, messageOf } from '../errors.js'
import { regularFile } from '../files.js'
import { reasonOf } from './walk.js'

/**
 * Text in UTF-8, or in UTF-16 with its mark.
 * @throws Error when it is neither
 */
export function decodeText(bytes: Uint8Array): string {
  const mark = Buffer.from(bytes.subarray(0, 2)).toString('hex')
  const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8'
  if (encoding === 'utf-8' && bytes.includes(0))
    throw new Error('is not text in UTF-8, or UTF-16 without its mark; save it as UTF-8')
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    throw new Error(`is not text in ${encoding.toUpperCase()}; save it as UTF-8`)
  }
}

/**
 * A text file in UTF-8, or in UTF-16 with its mark.
 * @param name of the file, for errors
 * @throws LacunaError when it cannot be read, or is neither
 */
export function readText(path: string, name: string): string {
  let bytes: Buffer
  try {
    regularFile(path)
    bytes = readFileSync(path)
  } catch (error) {
    throw new LacunaError(`${name}: ${reasonOf(error)}; check this file and its permissions`)
  }
  try {
    return decodeText(bytes)
  } catch (error) {
    throw new LacunaError(`${name}: ${messageOf(error)}`)
  }
}
