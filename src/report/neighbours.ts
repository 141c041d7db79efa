import { type Features, l2Normalised, rowOf } from '../evaluation/features.js'

/** A picture and those whose vectors point most nearly the same way, nearest first. */
export interface Neighbourhood {
  readonly query: number
  readonly near: readonly number[]
}

type Item = { readonly group: string; readonly label?: string | undefined }

/** The nearest of each query by cosine, of other groups and one of each group: copies and frames of one film say little. */
export function neighboursOf(
  features: Features,
  items: readonly Item[],
  queries: readonly number[],
  count: number,
): Neighbourhood[] {
  const directions = l2Normalised(features)
  return queries.map(query => {
    const own = rowOf(directions, query)
    const cosines = items.map((_, i) => ({ i, cosine: dot(own, rowOf(directions, i)) }))
    const seen = new Set([items[query]?.group])
    const near: number[] = []
    for (const { i } of cosines.sort((a, b) => b.cosine - a.cosine)) {
      const group = items[i]?.group
      if (near.length === count) break
      if (seen.has(group)) continue
      seen.add(group)
      near.push(i)
    }
    return { query, near }
  })
}

/** How often the nearest picture has the label of the query, and how often any other picture of another group would. */
export interface Agreement {
  readonly same: number
  readonly chance: number
  readonly queries: number
}

/** @returns undefined where fewer than two labelled pictures have a labelled neighbour */
export function agreementOf(hoods: readonly Neighbourhood[], items: readonly Item[]): Agreement | undefined {
  const labelled = items.filter(({ label }) => label !== undefined)
  const pairs = hoods.flatMap(({ query, near: [first] }) => {
    const [own, other] = [items[query], items[first ?? -1]]
    return own?.label !== undefined && other?.label !== undefined ? [{ own, same: own.label === other.label }] : []
  })
  if (pairs.length < 2) return undefined
  const chances = pairs.map(({ own }) => {
    const others = labelled.filter(({ group }) => group !== own.group)
    return others.filter(({ label }) => label === own.label).length / Math.max(1, others.length)
  })
  return {
    same: pairs.filter(({ same }) => same).length / pairs.length,
    chance: chances.reduce((sum, chance) => sum + chance, 0) / chances.length,
    queries: pairs.length,
  }
}

const dot = (a: Float32Array, b: Float32Array): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0)
  return sum
}
