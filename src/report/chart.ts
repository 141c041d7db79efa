import { isFinitePoint, type Point, smooth, thin } from './smooth.js'
import { dashedLine, element, gridLine, ink, seriesClass, seriesColour, short, svgDrawing, svgText } from './svg.js'
import { textWidth } from './text.js'
import { type Axis, niceAxis, tickLabel, ticks, tightAxis } from './ticks.js'

export interface Series {
  readonly label: string
  /** By ascending x. A point that is not finite breaks the line. */
  readonly points: readonly Point[]
}

/** A level to compare with, such as the loss of a network that knows nothing. */
export interface ReferenceLevel {
  readonly value: number
  readonly label: string
}

export interface LineChart {
  readonly title?: string
  readonly xLabel: string
  readonly yLabel: string
  readonly series: readonly Series[]
  readonly reference?: ReferenceLevel
  /** How many points a moving average takes in; the points themselves then stay visible, faintly. */
  readonly smooth?: number
  /** 640 by default. */
  readonly width?: number
  /** 300 by default. */
  readonly height?: number
}

const tickSize = 11
const mostPoints = 800

/** Places values on the drawing: x and y in pixels. */
interface Scale {
  readonly x: (value: number) => number
  readonly y: (value: number) => number
}

/** A line chart as one SVG, for the page of a run and for a picture beside it. */
export function lineChart(chart: LineChart): string {
  const { width = 640, height = 300, series, reference } = chart
  const finite = series.flatMap(({ points }) => points.filter(isFinitePoint))
  const xs = finite.map(([x]) => x)
  const ys = reference ? [...finite.map(([, y]) => y), reference.value] : finite.map(([, y]) => y)
  const yAxis = niceAxis(ys, 5)

  const header = headerOf(chart)
  const yTicks = ticks(yAxis).map(value => ({ value, label: tickLabel(value, yAxis.step) }))
  const frame = {
    left: 12 + Math.ceil(Math.max(...yTicks.map(({ label }) => textWidth(label, tickSize)))),
    right: width - 14,
    top: header.height + 10,
    bottom: height - 40,
  }
  const xAxis = tightAxis(xs, Math.max(2, Math.round((frame.right - frame.left) / 95)))
  const scale: Scale = {
    x: value => frame.left + share(value, xAxis) * (frame.right - frame.left),
    y: value => frame.bottom - share(value, yAxis) * (frame.bottom - frame.top),
  }

  const rows = yTicks.map(({ value, label }) => {
    const y = scale.y(value)
    const words = svgText(label, { x: frame.left - 7, y: y + 4, size: tickSize, anchor: 'end' })
    return gridLine(frame.left, y, frame.right, y) + words
  })
  const columns = ticks(xAxis).map(value =>
    svgText(tickLabel(value, xAxis.step), {
      x: scale.x(value),
      y: frame.bottom + 17,
      size: tickSize,
      anchor: 'middle',
    }),
  )
  const axis = { x1: frame.left, y1: frame.bottom, x2: frame.right, y2: frame.bottom, stroke: ink.axis, class: 'axis' }
  const xTitle = svgText(chart.xLabel, { x: frame.right, y: height - 7, anchor: 'end' })
  const level = reference ? referenceLine(reference, scale, frame) : ''
  const curves = series.map(({ points }, index) => curve(points, index, scale, chart.smooth ?? 0))
  const label = `${chart.title ?? chart.yLabel}: ${series.map(one => one.label).join(', ')} by ${chart.xLabel}`
  const parts = [header.markup, ...rows, element('line', axis), ...columns, xTitle, level, ...curves]
  return svgDrawing(width, height, label, parts)
}

/** Title, then the name of the y axis and, for several series, the legend. */
function headerOf({ title, yLabel, series }: LineChart): { markup: string; height: number } {
  const titleHeight = title ? 24 : 0
  const baseline = titleHeight + 14
  const parts = title ? [svgText(title, { x: 0, y: 15, size: 14, weight: 600, tone: 'strong' })] : []
  parts.push(svgText(yLabel, { x: 0, y: baseline }))
  let x = textWidth(yLabel, 12) + 26
  for (const [index, { label }] of (series.length > 1 ? series : []).entries()) {
    const stroke = { stroke: seriesColour(index), class: seriesClass(index), 'stroke-width': 2.5 }
    parts.push(element('line', { x1: x, y1: baseline - 4, x2: x + 16, y2: baseline - 4, ...stroke }))
    parts.push(svgText(label, { x: x + 22, y: baseline, tone: 'strong' }))
    x += 22 + textWidth(label, 12) + 18
  }
  return { markup: parts.join(''), height: baseline + 4 }
}

function curve(points: readonly Point[], index: number, scale: Scale, window: number): string {
  const stroke = { fill: 'none', stroke: seriesColour(index), class: seriesClass(index) }
  const line = { ...stroke, 'stroke-width': 2, 'stroke-linejoin': 'round', 'stroke-linecap': 'round' }
  if (window < 2) return element('path', { ...line, d: linePath(thin(points, mostPoints), scale) })
  const dots = thin(points.filter(isFinitePoint), mostPoints)
    .map(([x, y]) => `M${short(scale.x(x))} ${short(scale.y(y))}h0`)
    .join('')
  const faint = { ...stroke, d: dots, 'stroke-width': 3, 'stroke-linecap': 'round', 'stroke-opacity': 0.22 }
  const average = thin(smooth(points, window), mostPoints)
  return element('path', faint) + element('path', { ...line, d: linePath(average, scale) })
}

function linePath(points: readonly Point[], scale: Scale): string {
  let drawing = false
  let path = ''
  for (const point of points) {
    const finite = isFinitePoint(point)
    const place = `${short(scale.x(point[0]))} ${short(scale.y(point[1]))}`
    // A point between gaps is a line of no length: its round ends make it a dot.
    if (finite) path += drawing ? `L${place}` : `M${place}h0`
    drawing = finite
  }
  return path
}

function referenceLine(
  { value, label }: ReferenceLevel,
  scale: Scale,
  frame: { readonly left: number; readonly right: number; readonly top: number },
): string {
  const y = scale.y(value)
  const above = y - frame.top > 18
  const words = svgText(label, { x: frame.right, y: above ? y - 6 : y + 15, size: tickSize, anchor: 'end', halo: true })
  return dashedLine(frame.left, y, frame.right, y) + words
}

/** Where a value lies on an axis: 0 at its low end, 1 at its high end. */
function share(value: number, { low, high }: Axis): number {
  return (value - low) / (high - low)
}
