import { extname } from 'node:path'
import type { Codec } from './codecs.js'

/** What a file holds, by how it begins; the name alone tells of what has no beginning of its own. */
export type SoundKind = 'wav' | Codec | 'other'

const at = (bytes: Uint8Array, offset: number, text: string) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', offset, offset + text.length) === text

/** Bytes that {@link soundKind} wants to see. */
export const BEGINNING = 4096

/** @param bytes the beginning of a file */
export function soundKind(bytes: Uint8Array, name: string): SoundKind {
  const sound = afterTag(bytes)
  if ((at(bytes, 0, 'RIFF') || at(bytes, 0, 'RF64')) && at(bytes, 8, 'WAVE')) return 'wav'
  if (at(sound, 0, 'fLaC')) return 'flac'
  if (at(bytes, 0, 'OggS')) return oggKind(bytes)
  if (mpegFrame(sound)) return 'mp3'
  const extension = extname(name).toLowerCase()
  if (sound.length < 4 && bytes.length >= BEGINNING) return extension === '.flac' ? 'flac' : 'mp3' // behind a large tag
  // what begins in the middle of a frame is known by its name alone
  return extension === '.mp3' && foreignSound(bytes, name) === undefined ? 'mp3' : 'other'
}

/** Kinds that Lacuna itself cannot decode, by how their files begin. */
const beginnings: readonly (readonly [words: string, offset: number, text: string])[] = [
  ['MPEG-4 (AAC or ALAC)', 4, 'ftyp'],
  ['AIFF', 0, 'FORM'],
  ['AMR', 0, '#!AMR'],
  ['CAF', 0, 'caff'],
  ['AU', 0, '.snd'],
  ['WMA', 0, '\x30\x26\xb2\x75'],
  ['Matroska or WebM', 0, '\x1a\x45\xdf\xa3'],
  ['WavPack', 0, 'wvpk'],
  ["Monkey's Audio", 0, 'MAC '],
  ['AC-3', 0, '\x0b\x77'],
  ['AAC', 0, '\xff\xf1'],
  ['AAC', 0, '\xff\xf9'],
  ['Sony Wave64', 0, 'riff'],
  ['WAV in a coding other than PCM', 0, 'RIFF'],
  ['big-endian WAV', 0, 'RIFX'],
  ['NIST SPHERE', 0, 'NIST_1A'], // also what TIMIT calls .wav
  ['Ogg of neither Vorbis nor Opus', 0, 'OggS'],
]
/** Of these a file says nothing of itself. */
const raw: Readonly<Record<string, string>> = { '.g722': 'G.722', '.gsm': 'GSM', '.sln': 'raw PCM' }

/** What a file is that needs ffmpeg, in words; undefined where nobody can tell. */
export const foreignSound = (bytes: Uint8Array, name: string): string | undefined =>
  beginnings.find(([, offset, text]) => at(bytes, offset, text))?.[0] ?? raw[extname(name).toLowerCase()]

/** FLAC and MP3 may have a tag in front of them. */
function afterTag(bytes: Uint8Array): Uint8Array {
  if (!at(bytes, 0, 'ID3') || bytes.length < 10) return bytes
  const length = [6, 7, 8, 9].reduce((sum, i) => sum * 128 + ((bytes[i] ?? 0) & 0x7f), 0)
  return bytes.subarray(10 + length)
}

/** The first packet tells what is inside. */
function oggKind(bytes: Uint8Array): SoundKind {
  const packet = 27 + (bytes[26] ?? 0)
  if (at(bytes, packet, '\x01vorbis')) return 'vorbis'
  return at(bytes, packet, 'OpusHead') ? 'opus' : 'other'
}

/** Layer III of MPEG 1, 2 or 2.5, with a rate and a size that there are. */
function mpegFrame([first = 0, second = 0, third = 0]: Uint8Array): boolean {
  const [version, layer] = [(second >> 3) & 3, (second >> 1) & 3]
  const sync = first === 0xff && (second & 0xe0) === 0xe0
  return sync && version !== 1 && layer === 1 && third >> 4 !== 15 && third >> 4 !== 0 && ((third >> 2) & 3) !== 3
}
