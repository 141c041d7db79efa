import { extname } from 'node:path'

/** What a file with a film in it is, in words, by its name; the file itself may be something else. */
const words: Readonly<Record<string, string>> = {
  '.mp4': 'MPEG-4',
  '.m4v': 'MPEG-4',
  '.mov': 'QuickTime',
  '.webm': 'WebM',
  '.mkv': 'Matroska',
  '.avi': 'AVI',
  '.mpg': 'MPEG',
  '.mpeg': 'MPEG',
  '.ts': 'MPEG',
  '.m2ts': 'MPEG',
  '.ogv': 'Ogg',
  '.wmv': 'Windows Media',
  '.flv': 'Flash',
  '.3gp': '3GPP',
}

export const filmWords = (name: string): string => words[extname(name).toLowerCase()] ?? 'a film'

const at = (bytes: Uint8Array, offset: number, text: string) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', offset, offset + text.length) === text

/** Bytes that {@link isAnimation} wants to see */
export const BEGINNING = 16

/** Whether a file begins as a GIF or a WebP, whatever it is called: those need no ffmpeg. */
export const isAnimation = (bytes: Uint8Array): boolean =>
  at(bytes, 0, 'GIF8') || (at(bytes, 0, 'RIFF') && at(bytes, 8, 'WEBP'))
