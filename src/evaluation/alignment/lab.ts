import { LacunaError } from '../../errors.js'
import type { Segment } from './segments.js'

/**
 * A `.lab` file: as ESPS xwaves and Festival write it (a header up to a line `#`, then `end colour label`, the end in seconds), as
 * HTK does (`start end label …`, whole numbers of 100 ns), or with seconds in the place of HTK's numbers.
 *
 * @param name of the file, for errors
 * @throws LacunaError for a line that is none of these
 */
export function parseLab(text: string, name: string): Segment[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ words: line.trim().split(/\s+/), number: i + 1 }))
  const header = lines.findIndex(({ words }) => words.length === 1 && words[0] === '#')
  const filled = lines.slice(header + 1).filter(({ words }) => words[0] !== '')
  return header >= 0 ? esps(filled, name) : htk(filled, name)
}

interface Line {
  readonly words: readonly string[]
  readonly number: number
}

function esps(lines: readonly Line[], name: string): Segment[] {
  let start = 0
  return lines.map(({ words: [time, , ...label], number }) => {
    const segment = { start, end: secondsOf(time, name, number), label: label.join(' ') }
    start = segment.end
    return segment
  })
}

function htk(lines: readonly Line[], name: string): Segment[] {
  const whole = lines.every(({ words }) => /^\d+$/.test(words[0] ?? '') && /^\d+$/.test(words[1] ?? ''))
  const unit = whole ? 1e-7 : 1
  return lines.map(({ words: [start, end, label = ''], number }) => ({
    start: unit * secondsOf(start, name, number),
    end: unit * secondsOf(end, name, number),
    label,
  }))
}

function secondsOf(word: string | undefined, name: string, line: number): number {
  const value = Number(word)
  if (word !== undefined && Number.isFinite(value)) return value
  throw new LacunaError(
    `${name}: line ${line}: a time is expected, got ${word === undefined ? 'nothing' : `'${word}'`}; lines are 'end colour label' after a line '#' (ESPS, seconds), or 'start end label' (HTK, 100 ns)`,
  )
}
