import { spawn } from 'node:child_process'
import { errorCode } from '../../errors.js'
import { bytesIn } from './bytes.js'
import type { Sound } from './sound.js'
import { chunksOf, pieceOf } from './wave.js'

/** Bytes that the header of a WAV file from ffmpeg has at most. */
const HEADER = 4096

const install =
  'install it (apt install ffmpeg, brew install ffmpeg or winget install ffmpeg), or convert it to WAV or FLAC'

/**
 * Whatever ffmpeg decodes, as it says it in floating point.
 * @param path absolute
 * @param what the file is, for the error where there is no ffmpeg
 * @throws Error where ffmpeg is not on the PATH, or cannot decode it
 */
export async function ffmpegSound(path: string, what: string): Promise<Sound> {
  const coded = ['-map', '0:a:0', '-c:a', 'pcm_f32le', '-f', 'wav', 'pipe:1']
  const input = ['-nostdin', '-v', 'error', '-protocol_whitelist', 'file,pipe', '-i', `file:${path}`]
  const child = spawn('ffmpeg', [...input, ...coded], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = said.slice(0, 1000) + text
  })
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', error =>
      reject(errorCode(error) === 'ENOENT' ? new Error(`is ${what}, which needs ffmpeg: ${install}`) : error),
    )
    child.once('close', code =>
      code === 0 ? resolve() : reject(new Error(`cannot be decoded by ffmpeg: ${reasonIn(said, path)}`)),
    )
  })
  ended.catch(() => undefined) // awaited when its output has ended
  const chunks = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  const stop = () => child.kill('SIGKILL')
  try {
    const head = await atLeast(chunks, HEADER)
    if (head.length === 0) await ended
    const { format, from } = chunksOf(bytesIn(head))
    if (format === undefined) throw new Error('cannot be decoded by ffmpeg')
    const frame = format.bytes * format.channels
    return {
      rate: format.rate,
      cutShort: () => said !== '',
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

/** The last line says what went wrong, most of all others where. */
const reasonIn = (said: string, path: string): string =>
  said
    .trim()
    .split('\n')
    .at(-1)
    ?.replace(`file:${path}`, '')
    .replace(/^[\s:]+/, '') || 'it does not say why'
