import { classColours, legendOf, otherColour } from './palette.js'
import type { PictureMap } from './report.js'
import { element, short, svgDrawing } from './svg.js'
import { escapeMarkup } from './text.js'

const [width, height, margin] = [760, 560, 34]
/** Side of a picture on the map */
export const pictureSide = 40

/**
 * Pictures as points on a plane, coloured by class, some of them as themselves; one SVG. The points of a class are one
 * path: thousands stay small.
 */
export function scatter({ points, exhibits }: PictureMap): string {
  const place = placing(points)
  const { colours } = legendOf(points.map(({ label }) => label))
  const labelled = points.some(({ label }) => label !== undefined)
  const dots = [...new Set(colours)]
    .sort((a, b) => a - b)
    .map(colour => {
      const d = points.flatMap((point, i) => {
        const { x, y } = place(point)
        return colours[i] === colour ? [`M${short(x)} ${short(y)}h0`] : []
      })
      const [light] = labelled ? (classColours[colour] ?? otherColour) : classColours[0]
      const name = labelled ? className(colour) : className(0)
      const stroke = { stroke: light, 'stroke-width': points.length > 1000 ? 4 : 5.5, 'stroke-opacity': 0.75 }
      return element('path', { class: name, d: d.join(''), fill: 'none', 'stroke-linecap': 'round', ...stroke })
    })
  const pictures = exhibits.map(({ point, source, name = '', label }) => {
    const { x, y } = place(points[point] ?? { x: 0, y: 0 })
    const box = { x: x - pictureSide / 2, y: y - pictureSide / 2, width: pictureSide, height: pictureSide }
    const [light] = labelled ? (classColours[colours[point] ?? -1] ?? otherColour) : otherColour
    const stroke = { class: className(labelled ? (colours[point] ?? -1) : -1), stroke: light, 'stroke-width': 2.5 }
    const title = element('title', {}, escapeMarkup(label === undefined ? name : `${name} (${label})`))
    return element(
      'g',
      {},
      `${title}${element('image', { ...box, href: source })}${element('rect', { ...box, fill: 'none', ...stroke })}`,
    )
  })
  return svgDrawing(width, height, 'Map of the vectors', [...dots, ...pictures])
}

/** The class by which the page finds the colour of a class; -1 are all the others. */
export const className = (colour: number): string => (colour < 0 ? 'class-other' : `class-${colour}`)

/** Where a point lies on the drawing; both axes have one scale, so that distances are those of the plane. */
export function placing(points: PictureMap['points']): (point: { x: number; y: number }) => { x: number; y: number } {
  const range = (axis: 'x' | 'y') => {
    const values = points.map(point => point[axis])
    const [low, high] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)] as const, [
      Infinity,
      -Infinity,
    ] as const)
    return values.length === 0 ? { middle: 0, length: 0 } : { middle: (low + high) / 2, length: high - low }
  }
  const [x, y] = [range('x'), range('y')]
  const most = Math.min((width - 2 * margin) / (x.length || 1e-12), (height - 2 * margin) / (y.length || 1e-12))
  const scale = Number.isFinite(most) && x.length + y.length > 0 ? most : 0
  return point => ({
    x: width / 2 + scale * (point.x - x.middle),
    y: height / 2 - scale * (point.y - y.middle),
  })
}
