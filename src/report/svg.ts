import { escapeMarkup, sansSerif } from './text.js'

/**
 * Colours of a chart on white. They are written as presentation attributes, which any style sheet outranks: the report
 * page gives the same classes other colours in the dark.
 */
export const ink = { strong: '#1b1b1f', muted: '#6b6b75', grid: '#e6e6eb', axis: '#b9b9c2', quiet: '#c3c8d1' } as const

/** Told apart by people with any colour vision, and on paper by lightness. */
export const seriesColours = ['#2f62b5', '#c8642a', '#2a8c6a', '#8a5bb0', '#8d8a2f'] as const
export const darkSeriesColours = ['#82abf0', '#ec9a64', '#6fcaa6', '#bf9ae6', '#cfcb6a'] as const

export function seriesColour(index: number): string {
  return seriesColours[index % seriesColours.length] ?? ink.strong
}

/** The class by which the page finds a series. */
export function seriesClass(index: number): string {
  return `series-${index % seriesColours.length}`
}

type Attributes = Readonly<Record<string, string | number | undefined>>

/** One element; `content` is markup. Numbers are written with two decimals at most. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? short(value) : escapeMarkup(value ?? '')}"`)
  return `<${name}${written.join('')}${content === '' ? '/>' : `>${content}</${name}>`}`
}

export function short(value: number): string {
  return `${Number(value.toFixed(2))}`
}

export interface TextOptions {
  readonly x: number
  /** Of the baseline. */
  readonly y: number
  readonly size?: number
  readonly weight?: 400 | 600
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly tone?: 'strong' | 'muted'
  /** Keeps the words readable over a line, by a rim in the colour of the ground. */
  readonly halo?: boolean
}

export function svgText(words: string, options: TextOptions): string {
  const { x, y, size = 12, weight, anchor, tone = 'muted', halo } = options
  const font = { 'font-size': size, 'font-weight': weight, 'text-anchor': anchor }
  const rim = halo ? { stroke: 'white', 'stroke-width': 4, 'stroke-linejoin': 'round', 'paint-order': 'stroke' } : {}
  const name = halo ? `${tone} halo` : tone
  return element('text', { class: name, x, y, ...font, ...rim, fill: ink[tone] }, escapeMarkup(words))
}

export function gridLine(x1: number, y1: number, x2: number, y2: number): string {
  return element('line', { class: 'grid', x1, y1, x2, y2, stroke: ink.grid })
}

/** A level to compare with, such as chance. */
export function dashedLine(x1: number, y1: number, x2: number, y2: number): string {
  const dash = { 'stroke-width': 1.25, 'stroke-dasharray': '5 4' }
  return element('line', { class: 'reference', x1, y1, x2, y2, stroke: ink.muted, ...dash })
}

/** A whole drawing; `label` is what it says to who cannot see it. */
export function svgDrawing(width: number, height: number, label: string, parts: readonly string[]): string {
  const size = { width, height, viewBox: `0 0 ${short(width)} ${short(height)}` }
  const spoken = { role: 'img', 'aria-label': label, class: 'chart', 'font-family': sansSerif }
  return element('svg', { xmlns: 'http://www.w3.org/2000/svg', ...size, ...spoken }, parts.join(''))
}
