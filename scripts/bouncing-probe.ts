/**
 * What the encoder of a run knows of where a shape is, and how it moves: ridge regression on the vectors of single frames for the
 * position, on those of two frames for the velocity, beside the same encoder at random initialisation and raw pixels.
 *
 * usage: npm run bouncing-probe -- RUN [RUN …], runs of one encoder on 32 px in grey
 */
import { parseArgs } from 'node:util'
import { picturesOf } from '#lacuna/data/index.js'
import { type Embedder, openEncoder, untrainedEncoder } from '#lacuna/evaluation/encoder.js'
import { type Features, featuresOf } from '#lacuna/evaluation/features.js'
import { explainedVariance, ridge } from '#lacuna/evaluation/ridge.js'
import { bouncingFilm, SIDE } from './bouncing-shapes.js'

const [TRAIN, TEST, FRAMES] = [80, 40, 12]
/** Films that no training has seen: those of `npm run films` have the numbers up to 200 */
const FIRST = 1000
const PENALTY = 1e-2

const { positionals } = parseArgs({ allowPositionals: true })
const films = Array.from({ length: TRAIN + TEST }, (_, i) => bouncingFilm(FIRST + i, FRAMES))
const pictures = picturesOf(Buffer.concat(films.flatMap(({ frames }) => frames)), { size: SIDE, colours: 1 })

for (const run of positionals) {
  const through = async (opening: Promise<Embedder>) => {
    const encoder = await opening
    return encoder.embed(pictures).finally(() => encoder.close())
  }
  const raw = featuresOf(
    Float32Array.from(films.flatMap(({ frames }) => frames.flatMap(frame => [...frame]))),
    SIDE ** 2,
  )
  const vectors = {
    trained: await through(openEncoder(run)),
    'random initialisation': await through(untrainedEncoder(run, pictures)),
    'raw pixels': raw,
  }
  for (const [title, features] of Object.entries(vectors))
    console.log(
      `${run}, ${title}: position R² ${told(features, 'positions').toFixed(3)}, velocity R² ${told(features, 'velocities').toFixed(3)}`,
    )
}

/** Of films that the regression has not seen. */
function told(features: Features, what: 'positions' | 'velocities'): number {
  const [x, y]: [number[], number[]] = [[], []]
  const rowOf = (film: number, t: number) => {
    const from = (film * FRAMES + t) * features.width
    return features.values.subarray(from, from + features.width)
  }
  films.forEach((film, i) => {
    for (let t = 1; t < FRAMES; t++) {
      if (what === 'velocities') x.push(...rowOf(i, t - 1))
      x.push(...rowOf(i, t))
      y.push(...(film[what][what === 'velocities' ? t - 1 : t] ?? [0, 0]))
    }
  })
  const seen = TRAIN * (FRAMES - 1)
  const width = x.length / ((TRAIN + TEST) * (FRAMES - 1))
  const part = (values: number[], width: number, test: boolean) =>
    featuresOf(Float32Array.from(test ? values.slice(seen * width) : values.slice(0, seen * width)), width)
  const guess = ridge(part(x, width, false), part(y, 2, false), { penalty: PENALTY })
  return explainedVariance(guess(part(x, width, true)), part(y, 2, true))
}
