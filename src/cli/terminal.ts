import { messageOf } from '../errors.js'

/** What a command says: text for people on stderr and stdout, or one JSON document on stdout. */
export interface Output {
  /** The result: `text` for people, `value` with --json */
  result(value: unknown, text: string): void
  /** A line that is replaced by the next one; nothing with --json or when stderr is no terminal */
  progress(line: string): void
  /** A line that stays */
  note(line: string): void
}

/** @param json one JSON document on stdout and nothing else */
export function terminal(json: boolean): Output {
  const live = process.stderr.isTTY === true && !json
  let shown = 0
  let last = 0
  const clear = () => {
    if (shown > 0) process.stderr.write(`\r${' '.repeat(shown)}\r`)
    shown = 0
  }
  return {
    result(value, text) {
      clear()
      process.stdout.write(json ? `${JSON.stringify(value, undefined, 2)}\n` : `${text}\n`)
    },
    progress(line) {
      if (live) {
        clear()
        process.stderr.write(line)
        shown = line.length
      } else if (!json && Date.now() - last > 10_000) {
        process.stderr.write(`${line}\n`) // a log file gets a line now and then
        last = Date.now()
      }
    },
    note(line) {
      clear()
      if (!json) process.stderr.write(`${line}\n`)
    },
  }
}

export const oneLine = (error: unknown): string => messageOf(error).split('\n')[0] ?? ''
