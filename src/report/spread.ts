type Place = { readonly x: number; readonly y: number }

/**
 * Points that lie far from each other, so that pictures drawn there hide none of one another: each next one is the one
 * farthest from all chosen, the first the one farthest from the middle.
 *
 * @param least distance that chosen points keep; fewer are chosen where there is no more room
 * @returns positions of at most `most` points
 */
export function spread(points: readonly Place[], most: number, least = 0): number[] {
  const middle = { x: meanOf(points, 'x'), y: meanOf(points, 'y') }
  const chosen: number[] = []
  let distances = points.map(point => distance(point, middle))
  while (chosen.length < Math.min(most, points.length)) {
    const farthest = distances.reduce((best, d, i) => (d > (distances[best] ?? -1) ? i : best), 0)
    const point = points[farthest]
    if (point === undefined || (chosen.length > 0 && (distances[farthest] ?? 0) < least)) break
    if (chosen.includes(farthest)) break // all others lie on chosen ones
    distances = points.map((other, i) =>
      Math.min(chosen.length === 0 ? Infinity : (distances[i] ?? 0), distance(other, point)),
    )
    chosen.push(farthest)
  }
  return chosen
}

const distance = (a: Place, b: Place): number => Math.hypot(a.x - b.x, a.y - b.y)
const meanOf = (points: readonly Place[], axis: 'x' | 'y'): number =>
  points.reduce((sum, point) => sum + point[axis], 0) / Math.max(1, points.length)
