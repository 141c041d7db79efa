import { spread } from './statistics.js'

/** A table in Markdown; all columns but the first are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(head),
    `|---|${head
      .slice(1)
      .map(() => '---:|')
      .join('')}`,
    ...rows.map(line),
  ].join('\n')
}

/** Three figures that count, whole above 100. */
export const figure = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString()

/** As `98.2 (96.1–99)`: the median, the least and the most; empty for none. */
export function withSpread(values: readonly number[]): string {
  if (values.length === 0) return ''
  const { median, least, most } = spread(values)
  return `${figure(median)} (${figure(least)}–${figure(most)})`
}

/** What went wrong, as a list; empty for nothing. */
export const problemList = (problems: readonly string[]): string =>
  problems.length === 0 ? '' : `\n\nLeft out: ${problems.join('; ')}.`
