import { errorCode } from '../errors.js'
import { oneLine } from './terminal.js'

/** The reader of a pipe has ended, or the terminal was closed. */
const left = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'])

/**
 * Nobody may be there to read what is written: a log whose reader has ended stops no training, and a result that nobody
 * waits for (`lacuna methods | head -1`) is no error. A result that could not be written (a full disk) is one.
 */
export function whenReadersLeave(): void {
  process.stderr.on('error', () => {})
  let told = false
  process.stdout.on('error', error => {
    if (left.has(errorCode(error) ?? '') || told) return
    told = true
    process.exitCode = 1
    process.stderr.write(`lacuna: the result could not be written to standard output: ${oneLine(error)}\n`)
  })
}
