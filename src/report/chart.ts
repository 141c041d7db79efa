import { type Plane, planeAround, planeMarks } from './plane.js'
import { isFinitePoint, type Point, smooth, thin } from './smooth.js'
import { dashedLine, element, seriesClass, seriesColour, short, svgDrawing, svgText } from './svg.js'
import { textWidth } from './text.js'

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

const mostPoints = 800

/** A line chart as one SVG, for the page of a run and for a picture beside it. */
export function lineChart(chart: LineChart): string {
  const { width = 640, height = 300, series } = chart
  const reference = Number.isFinite(chart.reference?.value) ? chart.reference : undefined
  const finite = series.flatMap(({ points }) => points.filter(isFinitePoint))
  const xs = finite.map(([x]) => x)
  const ys = [...finite.map(([, y]) => y), ...(reference ? [reference.value] : [])]

  const header = headerOf(chart)
  const plane = planeAround(xs, ys, { width, height, top: header.height + 10 })
  const level = reference ? referenceLine(reference, plane) : ''
  const curves = series.map(({ points }, index) => curve(points, index, plane, chart.smooth ?? 0))
  const label = `${chart.title ?? chart.yLabel}: ${series.map(one => one.label).join(', ')} by ${chart.xLabel}`
  return svgDrawing(width, height, label, [header.markup, ...planeMarks(plane, chart.xLabel), level, ...curves])
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

function curve(points: readonly Point[], index: number, plane: Plane, window: number): string {
  const stroke = { fill: 'none', stroke: seriesColour(index), class: seriesClass(index) }
  const line = { ...stroke, 'stroke-width': 2, 'stroke-linejoin': 'round', 'stroke-linecap': 'round' }
  if (window < 2) return element('path', { ...line, d: linePath(thin(points, mostPoints), plane) })
  const dots = thin(points.filter(isFinitePoint), mostPoints)
    .map(([x, y]) => `M${short(plane.x(x))} ${short(plane.y(y))}h0`)
    .join('')
  const faint = { ...stroke, d: dots, 'stroke-width': 3, 'stroke-linecap': 'round', 'stroke-opacity': 0.22 }
  const average = thin(smooth(points, window), mostPoints)
  return element('path', faint) + element('path', { ...line, d: linePath(average, plane) })
}

function linePath(points: readonly Point[], plane: Plane): string {
  let drawing = false
  let path = ''
  for (const point of points) {
    const finite = isFinitePoint(point)
    const place = `${short(plane.x(point[0]))} ${short(plane.y(point[1]))}`
    // A point between gaps is a line of no length: its round ends make it a dot.
    if (finite) path += drawing ? `L${place}` : `M${place}h0`
    drawing = finite
  }
  return path
}

function referenceLine({ value, label }: ReferenceLevel, plane: Plane): string {
  const y = plane.y(value)
  const above = y - plane.top > 18
  const place = { x: plane.right, y: above ? y - 6 : y + 15, size: 11, anchor: 'end', halo: true } as const
  return dashedLine(plane.left, y, plane.right, y) + svgText(label, place)
}
