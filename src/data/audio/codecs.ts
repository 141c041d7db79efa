import type { Bytes } from './bytes.js'
import type { Piece, Sound } from './sound.js'

/** Codings whose decoders come with Lacuna, as WebAssembly; each is loaded when the first file needs it. */
export type Codec = 'flac' | 'mp3' | 'vorbis' | 'opus'

/** What `@audio/decode-flac` and its kind give. */
interface Decoder {
  decode(bytes: Uint8Array): Decoded
  flush?(): Decoded
  free(): void
}
interface Decoded {
  readonly channelData: readonly Float32Array[]
  readonly sampleRate: number
  /** What went wrong, where it goes on */
  readonly errors?: readonly { readonly message: string }[]
}

const load = async (codec: Codec): Promise<Decoder> => {
  const { decoder } = (await import(`@audio/decode-${codec}`)) as { decoder: () => Promise<Decoder> }
  return decoder()
}

/** Files up to this are decoded at once; longer ones in parts, since a part of a few seconds may be as small as this. */
const WHOLE = 2 ** 20
const PART = 2 ** 17

/** @throws Error where nothing can be decoded */
export async function codecSound(file: Bytes, codec: Codec): Promise<Sound> {
  let [wrong, count] = [false, 0]
  const pieces = decodedPieces(file, codec, () => {
    wrong = true
  })
  const counted = (piece: Piece) => {
    count += piece[0]?.length ?? 0
    return piece
  }
  const first = await pieces.next()
  if (first.done) throw new Error('is damaged: there is no sound in it that can be decoded')
  const { rate } = first.value
  return {
    rate,
    cutShort: () => wrong || endsEarly[codec]?.(file, count) === true,
    pieces: (async function* () {
      yield counted(first.value.piece)
      for await (const { piece, rate: other } of pieces) {
        if (other !== rate) throw new Error(`has ${rate} Hz at first and ${other} Hz later: convert it`)
        yield counted(piece)
      }
    })(),
  }
}

/** Whether a file ends before it says so; of MP3 nobody knows. @param count numbers that were decoded of each channel */
const endsEarly: { readonly [C in Codec]?: (file: Bytes, count: number) => boolean } = {
  flac: (file, count) => count < numbersInFlac(file),
  vorbis: file => !hasLastPage(file),
  opus: file => !hasLastPage(file),
}

/** As the first block says, which every file has; 0 where its writer did not know. */
function numbersInFlac(file: Bytes): number {
  const bytes = file.read(0, 26)
  if (Buffer.from(bytes.subarray(0, 4)).toString('latin1') !== 'fLaC') return 0 // behind a tag
  return [...bytes.subarray(22, 26)].reduce((sum, byte) => 256 * sum + byte, (bytes[21] ?? 0) & 15)
}

/** The last page of an Ogg stream is marked. A page has less than 64 kB. */
function hasLastPage(file: Bytes): boolean {
  const tail = Buffer.from(file.read(Math.max(0, file.size - 2 ** 16), 2 ** 16))
  const page = tail.lastIndexOf('OggS', undefined, 'latin1')
  return page >= 0 && ((tail[page + 5] ?? 0) & 4) !== 0
}

async function* decodedPieces(
  file: Bytes,
  codec: Codec,
  onError: () => void,
): AsyncGenerator<{ readonly piece: Piece; readonly rate: number }> {
  const part = file.size <= WHOLE ? WHOLE : PART
  const first = file.read(0, part)
  const whole = codec === 'vorbis' && isWholeOgg(first, file.size)
  const decoder = (whole ? idle.pop() : undefined) ?? (await load(codec))
  let again = whole
  try {
    for (let at = 0; at < file.size + (whole ? 0 : part); at += part) {
      const bytes = at === 0 ? first : file.read(at, part)
      const decoded = bytes.length > 0 ? decoder.decode(bytes) : decoder.flush?.()
      if (decoded?.errors !== undefined && decoded.errors.length > 0) {
        again = false
        onError()
      }
      const { channelData: piece = [], sampleRate: rate = 0 } = decoded ?? {}
      if ((piece[0]?.length ?? 0) > 0) yield { piece, rate }
    }
  } catch (error) {
    again = false
    throw error
  } finally {
    if (again) idle.push(decoder)
    else decoder.free()
  }
}

/** That of Vorbis takes one whole file after the other; to make one takes as long as to decode half a second. */
const idle: Decoder[] = []

/** Whether these are all pages of one Ogg stream and nothing else. @param size of the file */
function isWholeOgg(bytes: Uint8Array, size: number): boolean {
  if (bytes.length !== size) return false
  for (let at = 0; at + 27 <= size; ) {
    const begins = bytes[at] === 0x4f && bytes[at + 1] === 0x67 && bytes[at + 2] === 0x67 && bytes[at + 3] === 0x53
    const [version, flags = 0, segments = 0] = [bytes[at + 4], bytes[at + 5], bytes[at + 26]]
    if (!begins || version !== 0 || (at === 0 && (flags & 2) === 0)) return false
    const lengths = bytes.subarray(at + 27, at + 27 + segments)
    at += 27 + segments + lengths.reduce((sum, length) => sum + length, 0)
    if ((flags & 4) !== 0) return at === size
  }
  return false
}
