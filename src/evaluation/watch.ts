import { dot } from '../clusters/vectors.js'
import { symmetricEigenvalues } from './eigenvalues.js'
import { type Features, l2Normalised, rowOf } from './features.js'
import { effectiveRank } from './rank.js'

type Item = { readonly label?: string | undefined; readonly group: string }

/**
 * What can be seen of an encoder in a moment while it is trained, from a few hundred vectors: `rank`, the dimensions
 * they fill; where there are labels, `neighbours`, the share of nearest pictures that have the same one, and
 * `neighboursChance`, the share among pictures at random. Labels serve to count, never to train.
 */
export function watchVectors(features: Features, items: readonly Item[]): Record<string, number> {
  return { rank: rankOf(features), ...labelsAgree(features, items) }
}

/** As `rankMe`, in float64 and in this thread, for a few hundred rows. */
function rankOf({ values, count, width }: Features): number {
  const n = Math.min(count, width)
  // rows of the smaller side: pictures, or dimensions
  const rows = Array.from({ length: n }, (_, i) =>
    count <= width
      ? Float64Array.from(values.subarray(i * width, (i + 1) * width))
      : Float64Array.from({ length: count }, (_, row) => values[row * width + i] ?? 0),
  )
  const gram = new Float64Array(n * n)
  rows.forEach((row, i) => {
    for (let j = 0; j <= i; j++) gram[i * n + j] = gram[j * n + i] = dot(row, rows[j] ?? row)
  })
  return effectiveRank(symmetricEigenvalues(gram, n).map(square => Math.sqrt(Math.max(0, square))))
}

function labelsAgree(features: Features, items: readonly Item[]): Record<string, number> {
  const known = items.flatMap(({ label }, i) => (label === undefined ? [] : [i]))
  const directions = l2Normalised(features)
  const rows = known.map(i => Float64Array.from(rowOf(directions, i)))
  let [asked, same, chance] = [0, 0, 0]
  known.forEach((query, a) => {
    const own = items[query]
    let [best, nearest, others, alike] = [-Infinity, -1, 0, 0]
    known.forEach((other, b) => {
      if (items[other]?.group === own?.group) return
      others++
      if (items[other]?.label === own?.label) alike++
      const cosine = dot(rows[a] ?? new Float64Array(), rows[b] ?? new Float64Array())
      if (cosine > best) [best, nearest] = [cosine, other]
    })
    if (others === 0) return
    asked++
    chance += alike / others
    if (items[nearest]?.label === own?.label) same++
  })
  return asked < 2 ? {} : { neighbours: same / asked, neighboursChance: chance / asked }
}
