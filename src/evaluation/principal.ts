import { principalDirections } from '../clusters/principal-directions.js'
import { addScaled, dot } from '../clusters/vectors.js'
import { type Features, rowOf } from './features.js'

export interface Principal {
  /** Where each row lies along each direction, from the mean of all: [directions][count] */
  readonly places: readonly Float64Array[]
  /** Share of all variance that each direction holds, 0 … 1, largest first */
  readonly shares: readonly number[]
}

/**
 * Where rows lie along the directions in which they differ most (PCA). Signs are fixed: what lies farthest out is on the positive
 * side.
 *
 * @param features rows as they are to be compared; they are centred here, not scaled
 */
export function principal(features: Features, directions: number): Principal {
  const { count } = features
  const rows = centred(features)
  const total = rows.reduce((sum, row) => sum + dot(row, row), 0)
  const found = principalDirections(rows, directions).map(direction => {
    const along = Float64Array.from(rows, row => dot(row, direction))
    const farthest = along.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0)
    return { places: farthest < 0 ? along.map(value => -value) : along, variance: dot(along, along) }
  })
  while (found.length < directions) found.push({ places: new Float64Array(count), variance: 0 })
  found.sort((a, b) => b.variance - a.variance)
  return {
    places: found.map(({ places }) => places),
    shares: found.map(({ variance }) => (total > 0 ? variance / total : 0)),
  }
}

function centred(features: Features): Float64Array[] {
  const { count, width } = features
  const mean = new Float64Array(width)
  const rows = Array.from({ length: count }, (_, i) => Float64Array.from(rowOf(features, i)))
  for (const row of rows) addScaled(mean, 1 / count, row)
  for (const row of rows) addScaled(row, -1, mean)
  return rows
}
