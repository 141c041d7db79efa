import { z } from 'zod'
import { kMeans } from '../clusters/k-means.js'
import { nearestCentres } from '../clusters/nearest-centres.js'
import { principalDirections } from '../clusters/principal-directions.js'
import { dot } from '../clusters/vectors.js'
import { LacunaError } from '../errors.js'
import { where } from '../tensor/elementwise.js'
import { range } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { thereOf } from '../tensor/there.js'
import { TEXTURE, type Texture, texture, textureGroupSizes } from '../views/audio/texture/texture.js'
import { nearestCentre } from './clusters.js'
import type { Sequence } from './method.js'

const numbers = z.array(z.number()).readonly()
const rows = z.array(numbers).readonly()

export const textureTargets = z.object({
  /** How numbers of a texture are compared: off their mean, in units that make all groups of them count alike */
  mean: numbers,
  scale: numbers,
  targets: z.discriminatedUnion('of', [
    z.object({ of: z.literal('clusters'), centres: rows, counts: numbers }),
    z.object({ of: z.literal('bits'), directions: rows, thresholds: numbers }),
  ]),
})
export type TextureTargets = z.output<typeof textureTargets>

/** Deviations beyond which a number says no more */
const FAR = 5
const RESTARTS = 10
const ITERATIONS = 40
/** Sounds that a cluster should have at least, where the number of clusters is not told */
const PER_CLUSTER = 8
const USUAL = 30

/** What a program is asked of each sound before the training: its texture, which of it is known, and how loud it is. */
export const heardTexture = (sound: Sequence, rate: number) => {
  const { values, known } = texture(sound.values, sound.lengths, rate)
  return { values, known: known.cast('float'), level: levelOf(sound) }
}

/** The root mean square of what is there, [N] */
export function levelOf({ values, lengths }: Sequence): Tensor {
  const [n, length] = [values.size(0), values.size(1)]
  const there = thereOf(lengths, length).reshape(n, length)
  return values.square().mul(there).sum(1).div(there.sum(1).maximum(1)).sqrt()
}

interface FitOptions {
  readonly targets: 'clusters' | 'bits'
  readonly clusters: number | 'auto'
  readonly bits: number
  /** The least root mean square that is no silence */
  readonly least: number
}

/**
 * What is told of sounds by their textures: which of some clusters, or some bits.
 * @param heard of `heardTexture`, one sound after the other
 * @throws LacunaError (wrong usage) where too few of them are loud
 */
export function fitTargets(
  heard: Readonly<Record<'values' | 'known' | 'level', Float32Array>>,
  { targets, clusters, bits, least }: FitOptions,
  seed: number,
): { readonly found: TextureTargets; readonly notes: readonly string[] } {
  const all = range(heard.level.length)
  const loud = all.filter(i => (heard.level[i] ?? 0) >= least)
  const wanted = clusters === 'auto' ? Math.min(USUAL, Math.floor(loud.length / PER_CLUSTER)) : clusters
  const needed = targets === 'bits' ? 2 : Math.max(2, wanted)
  if (loud.length < needed)
    throw new LacunaError(
      `${needed} sounds that are more than silence are needed, and there are ${loud.length} of ${all.length}; give more, or take fewer --set clusters`,
      2,
    )
  const silent = all.length - loud.length
  const left = silent > 0 ? [`${silent} of ${all.length} sounds are next to silence: they do not count`] : []
  const { mean, scale } = momentsOf(heard, loud)
  const compared = loud.map(i =>
    Float64Array.from(range(TEXTURE), d => comparedTo(heard, i, d, mean[d] ?? 0, scale[d] ?? 0)),
  )
  const shared = { mean, scale }
  if (targets === 'bits') return { found: { ...shared, targets: bitsOf(compared, bits) }, notes: left }
  const found = clustersOf(compared, needed, seed)
  const share = Math.max(...found.counts) / loud.length
  const said = `${needed} clusters of ${loud.length} sounds; the commonest has ${(100 * share).toFixed(0)} %`
  return { found: { ...shared, targets: found }, notes: [...left, said] }
}

/** Of the sounds in which each number is known; groups count alike, however many numbers they have. */
function momentsOf({ values, known }: Readonly<Record<'values' | 'known', Float32Array>>, of: readonly number[]) {
  const moments = range(TEXTURE).map(d => {
    const own = of.filter(i => known[i * TEXTURE + d] === 1).map(i => values[i * TEXTURE + d] ?? 0)
    const mean = own.reduce((sum, v) => sum + v, 0) / Math.max(1, own.length)
    const variance = own.reduce((sum, v) => sum + (v - mean) ** 2, 0) / Math.max(1, own.length)
    return {
      mean: short(mean),
      scale: variance > 1e-12 ? short(1 / Math.sqrt(variance * (textureGroupSizes[d] ?? 1))) : 0,
    }
  })
  return { mean: moments.map(({ mean }) => mean), scale: moments.map(({ scale }) => scale) }
}

const short = (value: number): number => Number(value.toPrecision(7))

function comparedTo(
  { values, known }: Readonly<Record<'values' | 'known', Float32Array>>,
  i: number,
  d: number,
  mean: number,
  scale: number,
): number {
  if (known[i * TEXTURE + d] !== 1) return 0
  const most = FAR / Math.sqrt(textureGroupSizes[d] ?? 1)
  return Math.min(most, Math.max(-most, ((values[i * TEXTURE + d] ?? 0) - mean) * scale))
}

/** The best of some k-means by how near the sounds lie to their centres. */
function clustersOf(compared: readonly Float64Array[], clusters: number, seed: number) {
  const all = Float32Array.from(compared.flatMap(row => [...row]))
  const tries = range(RESTARTS).map(i =>
    kMeans(all, TEXTURE, { clusters, seed: seed * RESTARTS + i, iterations: ITERATIONS }),
  )
  const [{ centres } = { centres: new Float32Array() }] = tries.sort((a, b) => a.inertia - b.inertia)
  const counts = Array<number>(clusters).fill(0)
  for (const label of nearestCentres(all, TEXTURE, centres)) counts[label] = (counts[label] ?? 0) + 1
  const each = range(clusters).map(c => Array.from(centres.subarray(c * TEXTURE, (c + 1) * TEXTURE), short))
  return { of: 'clusters' as const, centres: each, counts }
}

/** Along each of the directions in which textures differ most, above or below the median. */
function bitsOf(compared: readonly Float64Array[], bits: number) {
  const mean = Float64Array.from(
    range(TEXTURE),
    d => compared.reduce((sum, row) => sum + (row[d] ?? 0), 0) / compared.length,
  )
  const centred = compared.map(row => row.map((v, d) => v - (mean[d] ?? 0)))
  const directions = principalDirections(centred, bits)
  const thresholds = directions.map(direction => {
    const places = compared.map(row => dot(direction, row)).sort((a, b) => a - b)
    const [low = 0, high = 0] = [(places.length - 1) >> 1, places.length >> 1].map(i => places[i])
    return short((low + high) / 2)
  })
  return { of: 'bits' as const, directions: directions.map(row => Array.from(row, short)), thresholds }
}

/** Textures as they are compared: [N, 502] */
export function comparedTextures({ values, known }: Texture, { mean, scale }: TextureTargets): Tensor {
  const most = constant(range(TEXTURE).map(d => FAR / Math.sqrt(textureGroupSizes[d] ?? 1)))
  const z = values.sub(constant([...mean])).mul(constant([...scale]))
  return where(known, z.minimum(most).maximum(most.neg()), 0)
}

/** Which cluster each texture is of: int [N] */
export const clusterOf = (compared: Tensor, centres: readonly (readonly number[])[]): Tensor =>
  nearestCentre(compared, centres)

/** The bits of each texture: float [N, bits], 0 or 1 */
export const bitsIn = (
  compared: Tensor,
  { directions, thresholds }: { directions: readonly (readonly number[])[]; thresholds: readonly number[] },
): Tensor =>
  compared
    .matmul(constant(directions.flat(), [directions.length, TEXTURE]).T)
    .greater(constant([...thresholds]))
    .cast('float')
