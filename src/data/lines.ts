import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { appender } from './appender.js'

/** Writes values as JSON, one a line: never all of them as one text. */
export function writeLines(path: string, values: Iterable<unknown>): void {
  const out = appender(path)
  try {
    for (const value of values) out.write(Buffer.from(`${JSON.stringify(value)}\n`))
    out.flush()
  } finally {
    out.close()
  }
}

/** The values of a file of JSON lines, read piece by piece. */
export function* readLines(path: string): Generator<unknown> {
  const file = openSync(path, 'r')
  try {
    const decoder = new StringDecoder('utf8')
    const buffer = Buffer.allocUnsafe(2 ** 20)
    let rest = ''
    for (let count = readSync(file, buffer); count > 0; count = readSync(file, buffer)) {
      const lines = (rest + decoder.write(buffer.subarray(0, count))).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) yield JSON.parse(line)
    }
    if (rest !== '') throw new Error(`${path}: its last line is torn`)
  } finally {
    closeSync(file)
  }
}
