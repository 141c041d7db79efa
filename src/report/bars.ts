import type { ReferenceLevel } from './chart.js'
import { dashedLine, element, ink, seriesClass, seriesColour, svgDrawing, svgText } from './svg.js'
import { boldness, fitText, textWidth } from './text.js'

export interface Bar {
  readonly label: string
  /** A fraction, as accuracies are. */
  readonly mean: number
  /** Standard deviation over seeds or folds. */
  readonly sd?: number
}

export interface BarChart {
  readonly title?: string
  /** The first stands out: what was trained comes first, what it is compared with after it. */
  readonly bars: readonly Bar[]
  readonly reference?: ReferenceLevel
  /** Where the scale ends; by default with the longest bar. */
  readonly max?: number
  readonly width?: number
}

const rowHeight = 30
const barHeight = 16
const size = 12
/** How much wider bold letters are. */

/** Horizontal bars with one standard deviation to each side, as one SVG. */
export function barChart({ title, bars, reference, max, width = 640 }: BarChart): string {
  const top = title ? 30 : 4
  const bottom = top + bars.length * rowHeight
  const left = Math.min(width / 3, Math.max(0, ...bars.map(bar => textWidth(bar.label, size * boldness))) + 14)
  const valueWidth = Math.max(0, ...bars.map(bar => textWidth(percent(bar), size * boldness))) + 10
  const end = max ?? scaleEnd(bars, reference)
  const x = (value: number) => left + (Math.min(Math.max(value, 0), end) / end) * (width - left - valueWidth)

  const rows = bars.map((bar, index) => barRow(bar, index, top + index * rowHeight, left, x))
  const heading = title ? svgText(title, { x: 0, y: 15, size: 14, weight: 600, tone: 'strong' }) : ''
  const level = reference
    ? dashedLine(x(reference.value), top, x(reference.value), bottom + 4) +
      svgText(reference.label, { x: x(reference.value), y: bottom + 17, size: 11, anchor: 'middle' })
    : ''
  const label = `${title ?? 'Comparison'}: ${bars.map(bar => `${bar.label} ${percent(bar)}`).join(', ')}`
  return svgDrawing(width, bottom + (reference ? 24 : 4), label, [heading, ...rows, level])
}

function barRow(bar: Bar, index: number, top: number, left: number, x: (value: number) => number): string {
  const middle = top + rowHeight / 2
  const tone = index === 0 ? 'strong' : 'muted'
  const fill = index === 0 ? seriesColour(0) : ink.quiet
  const mean = Number.isFinite(bar.mean) ? bar.mean : 0
  const sd = bar.sd !== undefined && Number.isFinite(bar.sd) ? bar.sd : 0
  const place = { x: left, y: middle - barHeight / 2, width: x(mean) - left, height: barHeight }
  const tip = x(mean + sd)
  const words = { y: middle + 4, size, tone, weight: index === 0 ? 600 : 400 } as const
  return [
    svgText(fitText(bar.label, size, left - 12), { ...words, x: left - 12, anchor: 'end' }),
    element('rect', { ...place, rx: 1.5, fill, class: index === 0 ? `${seriesClass(0)} filled` : 'quiet' }),
    sd > 0 ? whisker(x(mean - sd), tip, middle) : '',
    svgText(percent(bar), { ...words, x: tip + 8 }),
  ].join('')
}

function whisker(from: number, to: number, y: number): string {
  const d = `M${from} ${y - 4}v8M${from} ${y}H${to}M${to} ${y - 4}v8`
  return element('path', { d, class: 'whisker', stroke: ink.strong, 'stroke-width': 1.25, fill: 'none' })
}

function scaleEnd(bars: readonly Bar[], reference: ReferenceLevel | undefined): number {
  const ends = bars.map(({ mean, sd }) => mean + (sd ?? 0))
  const longest = Math.max(0, reference?.value ?? 0, ...ends.filter(Number.isFinite))
  return longest || 1
}

/** A fraction as per cent: `62.3 ± 1.2 %`. */
function percent({ mean, sd }: Bar): string {
  if (!Number.isFinite(mean)) return '–'
  const deviation = sd === undefined || !Number.isFinite(sd) ? '' : ` ± ${(sd * 100).toFixed(1)}`
  return `${(mean * 100).toFixed(1)}${deviation} %`
}
