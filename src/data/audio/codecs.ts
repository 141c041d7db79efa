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
  const decoder = await load(codec)
  const part = file.size <= WHOLE ? WHOLE : PART
  try {
    for (let at = 0; at < file.size + part; at += part) {
      const decoded = at < file.size ? decoder.decode(file.read(at, part)) : decoder.flush?.()
      if (decoded?.errors !== undefined && decoded.errors.length > 0) onError()
      const { channelData: piece = [], sampleRate: rate = 0 } = decoded ?? {}
      if ((piece[0]?.length ?? 0) > 0) yield { piece, rate }
    }
  } finally {
    decoder.free()
  }
}
