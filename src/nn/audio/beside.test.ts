import { describe, expect, test } from 'vitest'
import { array, evaluate, relativeError } from '../../engine/testing.js'
import { concat } from '../../tensor/movement.js'
import type { Tensor } from '../../tensor/tensor.js'
import { deltas } from '../../views/audio/deltas.js'
import { logMel } from '../../views/audio/mel.js'
import { mfcc } from '../../views/audio/mfcc.js'
import { speechFraming } from '../../views/audio/speech.js'
import { perUtterance } from '../../views/audio/utterance.js'
import {
  cepstraBeside,
  neighboursThatHear,
  reachOfCepstra,
  reachOfSpectra,
  spectraBeside,
  spectraPerFrame,
} from './beside.js'
import type { AudioEncoder } from './encoder.js'

const RATE = 16_000
/** As much of an encoder as says how its frames lie. */
const framed = (hop: number, receptiveField: number): AudioEncoder =>
  ({ hop, receptiveField, framesOf: (n: number) => Math.floor((n - receptiveField) / hop) + 1 }) as AudioEncoder

/** Frames whose spectra are loudest when a click of 41 samples is at a place. */
async function loudest(encoder: AudioEncoder, at: number, middle: 'first' | 'all', length: number) {
  const wave = Array.from({ length }, (_, i) => (Math.abs(i - at) <= 20 ? (i % 2 === 0 ? 0.5 : -0.5) : 0))
  const { power } = await evaluate(
    waves => ({ power: spectraBeside(encoder, waves, { rate: RATE, bands: 8, middle }).exp().sum(-1) }),
    [array([1, length], wave)],
  )
  const most = Math.max(...(power ?? []))
  return { all: power ?? [], first: power?.indexOf(most) ?? -1 }
}

describe.each([
  ['wav2vec 2.0', 320, 400, 2],
  ['two log-mels', 320, 560, 2],
  ['CPC', 160, 465, 1],
  ['a hop that 10 ms does not divide', 250, 400, 1],
])('%s', (_, hop, field, per) => {
  const encoder = framed(hop, field)
  const length = field + 20 * hop + 7

  test('as many spectra a frame as there are', async () => {
    expect(spectraPerFrame(encoder, RATE)).toBe(per)
    expect((await loudest(encoder, 1000, 'first', length)).all).toHaveLength(21 * per)
  })

  test('a click in the middle of what frame 9 sees is in the middle of its first spectrum', async () => {
    const { first } = await loudest(encoder, 9 * hop + field / 2, 'first', length)
    expect(first).toBe(9 * per)
  })

  test('what one frame hears is in the spectra, and in the slopes of slopes, of none but its neighbours', async () => {
    const heard = 10
    const changed = async (of: (waves: Tensor) => Tensor) => {
      const wave = Array.from({ length }, (_, i) => Math.sin(i * i))
      const other = wave.map((x, i) => (i >= heard * hop && i < heard * hop + field ? -x + 0.1 : x))
      const { y = [] } = await evaluate(waves => ({ y: of(waves) }), [array([2, length], [...wave, ...other])])
      const [width, half] = [y.length / 2 / 21, y.length / 2]
      const differs = Array.from({ length: 21 }, (_, t) =>
        Array.from({ length: width }, (_, i) => Math.abs((y[t * width + i] ?? 0) - (y[half + t * width + i] ?? 0))),
      )
      return Math.max(...differs.map((row, t) => (Math.max(...row) > 1e-6 ? Math.abs(t - heard) : 0)))
    }
    const spectra = (middle: 'first' | 'all') => (waves: Tensor) =>
      spectraBeside(encoder, waves, { rate: RATE, bands: 8, middle })
    const slopes = (waves: Tensor) => {
      const all = deltas(deltas(mfcc(spectra('first')(waves), { coefficients: 4 })))
      return all.reshape(2, 21, per * 4).slice(2, 0, 4)
    }
    const [bySpectra, byCepstra] = [reachOfSpectra(encoder, RATE), reachOfCepstra(encoder, RATE)].map(reach =>
      neighboursThatHear(encoder, reach),
    )
    expect([bySpectra, byCepstra]).toEqual([await changed(spectra('all')), await changed(slopes)])
  })

  test('or as far from all of its spectra', async () => {
    const { all } = await loudest(encoder, Math.floor(9 * hop + field / 2), 'all', length)
    const own = all.slice(9 * per, 10 * per)
    expect(Math.min(...own) / Math.max(...own)).toBeGreaterThan(0.9)
    expect(Math.min(...own)).toBeGreaterThanOrEqual(Math.max(...all.toSpliced(9 * per, per)) * 0.999)
  })
})

test('the first and the last frame have their spectra too, and hear silence beyond the ends', async () => {
  const encoder = framed(320, 400)
  const { all } = await loudest(encoder, 0, 'all', 400)
  expect(all).toHaveLength(2)
  expect(all.every(Number.isFinite)).toBe(true)
})

describe('cepstra', () => {
  const rate = RATE
  const encoder = { ...framed(320, 560), frames: (l: Tensor) => l.add(-560).div(320).add(1) } as AudioEncoder
  const wave = Array.from(
    { length: 6400 },
    (_, i) => Math.sin(0.05 * i + 3 * Math.sin(i / 900)) * (1 + Math.sin(i / 500)) + 0.1 * Math.sin(i * i),
  )
  const cepstra = async (values: readonly number[], length = values.length, pad = 0) =>
    (
      await evaluate(
        (waves, lengths) => ({ y: cepstraBeside(encoder, waves, lengths.cast('int'), rate) }),
        [array([1, values.length + pad], [...values, ...Array(pad).fill(0)]), array([1], [length])],
      )
    ).y ?? []

  test('39 numbers a frame, the first 13 with mean 0 and deviation 1, whatever the loudness', async () => {
    const y = await cepstra(wave)
    expect(y).toHaveLength(19 * 39)
    const quiet = await cepstra(wave.map(x => x / 10))
    expect(relativeError(quiet, y)).toBeLessThan(1e-3)
  })

  test('are those of mfcc and its slopes at every second frame of 10 ms', async () => {
    const y = await cepstra(wave)
    const { expected } = await evaluate(
      waves => {
        const spectra = logMel(waves.slice(1, 80), { ...speechFraming(rate), bands: 40 })
        const c = perUtterance(mfcc(spectra.slice(1, 0, 38)))
        const slopes = deltas(c)
        const all = concat([c, slopes, deltas(slopes)], 2)
        return { expected: all.reshape(1, 19, 2, 39).slice(2, 0, 1) }
      },
      [array([1, wave.length + 400], [...wave, ...Array(400).fill(0)])],
    )
    expect(relativeError(y, expected ?? [])).toBeLessThan(1e-9)
  })

  test('padding changes none that is there', async () => {
    const y = await cepstra(wave)
    expect(relativeError((await cepstra(wave, wave.length, 1700)).slice(0, y.length), y)).toBeLessThan(1e-9)
  })
})
