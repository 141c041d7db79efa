export type Point = readonly [x: number, y: number]

/**
 * Centred moving average: unlike a running one it does not lag behind. The window shrinks at both ends, and points that
 * are not finite are left out of it.
 *
 * @param window how many points are averaged
 * @returns a point for each finite one given
 */
export function smooth(points: readonly Point[], window: number): Point[] {
  const finite = points.filter(isFinitePoint)
  const sums = [0]
  for (const [index, [, y]] of finite.entries()) sums.push((sums[index] ?? 0) + y)
  return finite.map(([x], index) => {
    const reach = Math.min(Math.floor(window / 2), index, finite.length - 1 - index)
    const [from, to] = [index - reach, index + reach + 1]
    return [x, ((sums[to] ?? 0) - (sums[from] ?? 0)) / (to - from)]
  })
}

/** Every k-th point and the last, at most about `most`: a drawing needs no more points than it has pixels. */
export function thin(points: readonly Point[], most: number): readonly Point[] {
  const stride = Math.ceil(points.length / most)
  if (stride <= 1) return points
  return points.filter((_, index) => index % stride === 0 || index === points.length - 1)
}

export function isFinitePoint([x, y]: Point): boolean {
  return Number.isFinite(x) && Number.isFinite(y)
}
