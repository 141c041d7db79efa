import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { LacunaError, messageOf } from '../errors.js'
import { regularFile } from '../files.js'
import { reasonOf } from './walk.js'

/**
 * Text in UTF-8, or in UTF-16 with its mark.
 * @throws Error when it is neither
 */
export function decodeText(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes)
  if (encoding === 'utf-8' && bytes.includes(0))
    throw new Error('is not text in UTF-8, or UTF-16 without its mark; save it as UTF-8')
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    throw new Error(`is not text in ${encoding.toUpperCase()}; save it as UTF-8`)
  }
}

/** By the mark at the beginning */
function encodingOf(bytes: Uint8Array) {
  const mark = Buffer.from(bytes.subarray(0, 2)).toString('hex')
  return mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8'
}

/**
 * A text file in UTF-8, or in UTF-16 with its mark.
 * @param name of the file, for errors
 * @throws LacunaError when it cannot be read, or is neither
 */
export const readText = (path: string, name: string): string => decoded(bytesOf(path, name), name)

/**
 * The same, and a text that is in neither as Latin-1, with the signs that Windows has besides.
 * @returns the text, and whether it was taken so
 * @throws LacunaError when it cannot be read, or is no text
 */
export function readOldText(path: string, name: string): { readonly text: string; readonly latin1: boolean } {
  const bytes = bytesOf(path, name)
  const latin1 = encodingOf(bytes) === 'utf-8' && !isUtf8(bytes) && !bytes.includes(0)
  const text = latin1 ? new TextDecoder('latin1').decode(bytes) : decoded(bytes, name)
  return { text, latin1 }
}

function bytesOf(path: string, name: string): Buffer {
  try {
    regularFile(path)
    return readFileSync(path)
  } catch (error) {
    throw new LacunaError(`${name}: ${reasonOf(error)}; check this file and its permissions`)
  }
}

function decoded(bytes: Buffer, name: string): string {
  try {
    return decodeText(bytes)
  } catch (error) {
    throw new LacunaError(`${name}: ${messageOf(error)}`)
  }
}
