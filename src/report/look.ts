import { type SampleSet, shuffled } from '../data/index.js'
import { media } from '../data/media.js'
import { type EmbedderOptions, openEncoder } from '../evaluation/encoder.js'
import { type Features, l2Normalised, pickRows } from '../evaluation/features.js'
import { areAlike, collapse, meanCosine, saysTheSame } from '../evaluation/health.js'
import { mediumIn, pixels } from '../evaluation/labelled.js'
import { principal } from '../evaluation/principal.js'
import type { OpenedRun } from '../runs/run.js'
import { range } from '../tensor/shape.js'
import { storedCell } from './cells.js'
import { agreementOf, type Neighbourhood, neighboursOf } from './neighbours.js'
import type { Gallery, Health, Pictured, PictureMap } from './report.js'
import { pictureSide } from './scatter.js'
import { type Sounds, soundsFor } from './sound.js'
import { spread } from './spread.js'
import { thumbnail } from './thumbnail.js'
import { worded } from './words.js'

/** Pictures of a run, and what its encoder says of them. */
export interface Look {
  readonly some: SampleSet
  readonly features: Features
}

/** Enough for a map and for the health of most embeddings */
const MOST = 2000
/** At once, and the least that is looked at however long it takes */
const CHUNK = 64
/** Seconds of each recording: one of hours would be heard for minutes */
const LONGEST = 30

/** The vectors of pictures drawn at random, or of the beginnings of recordings: as many as there is time for, but at least a few. */
export async function lookThrough(
  run: OpenedRun,
  pictures: SampleSet,
  seconds: number,
  options: EmbedderOptions = {},
): Promise<Look> {
  const order = shuffled(pictures.items.length, 0, 1).slice(0, MOST)
  const encoder = await openEncoder(run, {
    ...options,
    longest: LONGEST,
    ...(mediumIn(pictures) !== 'audio' && { batch: Math.min(CHUNK, order.length) }),
  })
  try {
    const values = new Float32Array(order.length * encoder.width)
    const began = performance.now()
    let done = 0
    while (done < order.length && (done === 0 || performance.now() - began < 1000 * seconds)) {
      const chunk = await encoder.embed(pictures.subset(order.slice(done, done + CHUNK)))
      values.set(chunk.values, done * encoder.width)
      done += chunk.count
    }
    return {
      some: pictures.subset(order.slice(0, done)),
      features: { values: values.slice(0, done * encoder.width), count: done, width: encoder.width },
    }
  } finally {
    await encoder.close()
  }
}

/** Eigenvalues take the cube of the smaller of rows and width: this many take a second or two */
const MOST_FOR_RANK = 1024

/** @returns undefined where there are too few pictures to compare */
export async function healthOf({ some, features }: Look): Promise<Health | undefined> {
  if (features.count < 2) return undefined
  const rows = features.width > MOST_FOR_RANK ? Math.min(features.count, MOST_FOR_RANK) : features.count
  const health = { ...(await collapse(pickRows(features, range(rows)))), pictures: rows }
  if (!saysTheSame(health) || mediumIn(some) === 'audio') return health
  const alike = meanCosine(pixels(some.subset(range(rows))))
  return areAlike({ ...health, alike }) ? { ...health, alike, alarms: [] } : { ...health, alike }
}

const QUERIES = 8
const NEIGHBOURS = 7
/** Pictures whose nearest is looked at for its label */
const COUNTED = 500

export interface Neighbours {
  readonly hoods: readonly Neighbourhood[]
  readonly gallery: Gallery
}

/** For some pictures those whose vectors are nearest, and how often the nearest of many has the same label. */
export async function neighboursIn({ some, features }: Look, sounds = soundsFor(false)): Promise<Neighbours> {
  const { items } = some
  const hoods = neighboursOf(features, items, range(Math.min(QUERIES, items.length)), NEIGHBOURS)
  const counted = neighboursOf(features, items, range(Math.min(COUNTED, items.length)), 1)
  const agreement = agreementOf(counted, items)
  const caption = [
    'For pictures drawn at random (first column): those whose vectors point most nearly the same way, nearest first, of other groups.',
    agreement &&
      `A green line: the same label. The nearest has the same label for ${percent(agreement.same)} of ${agreement.queries} pictures; of pictures at random ${percent(agreement.chance)} would.`,
  ]
  const rows = await Promise.all(
    hoods.map(async ({ query, near }) => {
      const own = items[query]?.label
      const exhibits = [query, ...near].map(async i => {
        const shown = await exhibitOf(some, i, { sounds })
        return i === query || own === undefined || shown.label === undefined
          ? shown
          : { ...shown, same: shown.label === own }
      })
      return Promise.all(exhibits)
    }),
  )
  const medium = mediumIn(some)
  const said = worded(caption.filter(Boolean).join(' '), medium)
  return { hoods, gallery: { caption: said, columns: [media[medium].one, 'nearest'], rows } }
}

const DRAWN = 48

/** The plane in which the vectors differ most. */
export async function mapOf({ some, features }: Look): Promise<PictureMap> {
  const { places, shares } = principal(l2Normalised(features), 2)
  const [xs = new Float64Array(), ys = new Float64Array()] = places
  const points = some.items.map(({ label }, i) => ({ x: xs[i] ?? 0, y: ys[i] ?? 0, label }))
  const width = Math.max(0, ...points.map(({ x }) => x)) - Math.min(0, ...points.map(({ x }) => x))
  const drawn = spread(points, DRAWN, width / 16)
  const exhibits = await Promise.all(
    drawn.map(async point => ({ ...(await exhibitOf(some, point, { largest: 2 * pictureSide })), point })),
  )
  return { points, shares, exhibits }
}

export async function exhibitOf(
  pictures: SampleSet,
  position: number,
  { largest, sounds }: { readonly largest?: number; readonly sounds?: Sounds } = {},
): Promise<Pictured> {
  const item = pictures.items[position]
  const { picture, sound } = storedCell(pictures, position)
  const heard = sound && sounds?.of(sound.wave, sound.rate)
  return {
    source: await thumbnail(picture, largest),
    name: item?.name,
    ...(item?.label !== undefined && { label: item.label }),
    ...(heard !== undefined && { sound: heard }),
  }
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
