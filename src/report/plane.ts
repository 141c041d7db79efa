import { element, gridLine, ink, svgText } from './svg.js'
import { textWidth } from './text.js'
import { type Axis, niceAxis, tickLabel, ticks, tightAxis } from './ticks.js'

/** Two axes on a drawing. Edges and the places of values are in pixels. */
export interface Plane {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly xAxis: Axis
  readonly yAxis: Axis
  readonly x: (value: number) => number
  readonly y: (value: number) => number
}

const tickSize = 11
const roomBelow = 40
const columnWidth = 95

/**
 * A plane around the values: the y axis ends on ticks, the x axis with the data.
 *
 * @param top where it starts; below it ends above the room for tick labels and the name of the x axis
 */
export function planeAround(
  xs: readonly number[],
  ys: readonly number[],
  place: { readonly width: number; readonly height: number; readonly top: number },
): Plane {
  const yAxis = niceAxis(ys, 5)
  const labels = ticks(yAxis).map(value => tickLabel(value, yAxis.step))
  const left = 12 + Math.ceil(Math.max(...labels.map(label => textWidth(label, tickSize))))
  const [top, right, bottom] = [place.top, place.width - 14, place.height - roomBelow]
  const xAxis = tightAxis(xs, Math.max(2, Math.round((right - left) / columnWidth)))
  const x = (value: number) => left + share(value, xAxis) * (right - left)
  const y = (value: number) => bottom - share(value, yAxis) * (bottom - top)
  return { left, right, top, bottom, xAxis, yAxis, x, y }
}

/** Grid lines, tick labels and the name of the x axis. */
export function planeMarks({ left, right, bottom, xAxis, yAxis, x, y }: Plane, xLabel: string): string[] {
  const rows = ticks(yAxis).map(value => {
    const place = { x: left - 7, y: y(value) + 4, size: tickSize, anchor: 'end' } as const
    return gridLine(left, y(value), right, y(value)) + svgText(tickLabel(value, yAxis.step), place)
  })
  const columns = ticks(xAxis).map(value => {
    const place = { x: x(value), y: bottom + 17, size: tickSize, anchor: 'middle' } as const
    return svgText(tickLabel(value, xAxis.step), place)
  })
  const base = element('line', { class: 'axis', x1: left, y1: bottom, x2: right, y2: bottom, stroke: ink.axis })
  return [...rows, base, ...columns, svgText(xLabel, { x: right, y: bottom + roomBelow - 7, anchor: 'end' })]
}

/** Where a value lies on an axis: 0 at its low end, 1 at its high end. */
function share(value: number, { low, high }: Axis): number {
  return (value - low) / (high - low)
}
