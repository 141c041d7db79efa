import { spawn } from 'node:child_process'
import { errorCode } from '../errors.js'

/** How ffmpeg comes onto the PATH, for messages. */
export const installFfmpeg = 'install it (apt install ffmpeg, brew install ffmpeg or winget install ffmpeg)'

/** What a program of ffmpeg gives. */
export interface Output {
  /** What it writes to its standard output */
  readonly chunks: AsyncIterator<Buffer>
  /** Resolves when it has ended well; to be awaited once all chunks have come */
  readonly ended: Promise<void>
  /** What it has complained of so far */
  said(): string
  stop(): void
}

/** Reads no other file than the one that it is told, and nothing from a network. */
export const inputOf = (path: string): string[] => ['-protocol_whitelist', 'file,pipe', '-i', `file:${path}`]

/**
 * Starts ffmpeg or ffprobe.
 * @param path of the file that is read, absolute
 * @param missing why the file needs it, where it is not on the PATH
 */
export function start(program: 'ffmpeg' | 'ffprobe', words: readonly string[], path: string, missing: string): Output {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = said.slice(0, 1000) + text
  })
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', error => reject(errorCode(error) === 'ENOENT' ? new Error(missing) : error))
    child.once('close', code =>
      code === 0 ? resolve() : reject(new Error(`cannot be decoded by ffmpeg: ${reasonIn(said, path)}`)),
    )
  })
  ended.catch(() => undefined) // awaited when its output has ended
  return {
    chunks: child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>,
    ended,
    said: () => said,
    stop: () => child.kill('SIGKILL'),
  }
}

/** The last line says what went wrong, most of all others where. */
const reasonIn = (said: string, path: string): string =>
  said
    .trim()
    .split('\n')
    .at(-1)
    ?.replace(`file:${path}`, '')
    .replace(/^[\s:]+/, '') || 'it does not say why'
