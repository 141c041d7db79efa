import { closeSync, openSync, readSync } from 'node:fs'
import { BEGINNING, foreignSound, soundKind } from './audio/kinds.js'
import { unreadable } from './formats.js'
import type { MemberKind } from './media.js'
import { isAnimation } from './video/kinds.js'

const at = (bytes: Uint8Array, offset: number, ...texts: readonly string[]) =>
  texts.some(text => Buffer.from(bytes.subarray(offset, offset + text.length)).toString('latin1') === text)

const isPicture = (bytes: Uint8Array): boolean =>
  at(bytes, 0, '\xff\xd8\xff', '\x89PNG', 'GIF8', 'II*\0', 'MM\0*', '<svg') ||
  (at(bytes, 0, 'RIFF') && at(bytes, 8, 'WEBP')) ||
  at(bytes, 4, 'ftypavif') ||
  unreadable(bytes) !== undefined

const isAvi = (bytes: Uint8Array): boolean => at(bytes, 0, 'RIFF') && at(bytes, 8, 'AVI ')

/** Whether a file looks like one of a kind by how it begins; a container may be a film or a recording. Texts look like nothing. */
const looksLike: { readonly [M in MemberKind]: (bytes: Uint8Array) => boolean } = {
  image: isPicture,
  audio: bytes =>
    !isPicture(bytes) && !isAvi(bytes) && (soundKind(bytes, '') !== 'other' || foreignSound(bytes, '') !== undefined),
  video: bytes =>
    isAnimation(bytes) ||
    isAvi(bytes) ||
    (!isPicture(bytes) && (at(bytes, 4, 'ftyp') || at(bytes, 0, '\x1a\x45\xdf\xa3', '\0\0\x01\xba'))),
  text: () => false,
}

/** Whether the file at `path` looks like one of a kind; not where it cannot be read. */
export function beginsAs(path: string, kind: MemberKind): boolean {
  try {
    const file = openSync(path, 'r')
    try {
      const bytes = new Uint8Array(BEGINNING)
      return looksLike[kind](bytes.subarray(0, readSync(file, bytes, 0, BEGINNING, 0)))
    } finally {
      closeSync(file)
    }
  } catch {
    return false
  }
}
