import { installFfmpeg, start } from '../ffmpeg.js'
import { bytesIn } from './bytes.js'
import type { Sound } from './sound.js'
import { chunksOf, pieceOf } from './wave.js'

/** Bytes that the header of a WAV file from ffmpeg has at most. */
const HEADER = 4096

const install = `${installFfmpeg}, or convert it to WAV or FLAC`

/**
 * Whatever ffmpeg decodes, as it says it in floating point.
 * @param path absolute
 * @param what the file is, for the error where there is no ffmpeg
 * @param aligned from the moment on that the file begins with: sound that starts later has silence before it
 * @throws Error where there is neither ffmpeg nor node-av, or it cannot be decoded
 */
export async function ffmpegSound(path: string, what: string, aligned = false): Promise<Sound> {
  const filters = aligned ? ['aresample=async=1:first_pts=0'] : []
  const missing = `is ${what}, which needs ffmpeg: ${install}`
  const { chunks, ended, said, stop } = await start({ kind: 'sound', filters }, path, missing)
  try {
    const head = await atLeast(chunks, HEADER)
    if (head.length === 0) await ended
    const { format, from } = chunksOf(bytesIn(head))
    if (format === undefined) throw new Error('cannot be decoded by ffmpeg')
    const frame = format.bytes * format.channels
    return {
      rate: format.rate,
      cutShort: () => said() !== '',
      pieces: (async function* () {
        try {
          let rest = head.subarray(from)
          for (;;) {
            const frames = Math.floor(rest.length / frame)
            if (frames > 0) yield pieceOf(rest, frames, format)
            rest = rest.subarray(frames * frame)
            const next = await chunks.next()
            if (next.done) break
            rest = Buffer.concat([rest, next.value])
          }
          await ended
        } finally {
          stop()
        }
      })(),
    }
  } catch (error) {
    stop()
    throw error
  }
}

async function atLeast(chunks: AsyncIterator<Buffer>, wanted: number): Promise<Buffer> {
  let head = Buffer.alloc(0)
  while (head.length < wanted) {
    const next = await chunks.next()
    if (next.done) break
    head = Buffer.concat([head, next.value])
  }
  return head
}
