import { describe, expect, test } from 'vitest'
import { array, evaluate, type Given, gradientError, randomArray, relativeError } from '../../engine/testing.js'
import type { Tensor } from '../../tensor/tensor.js'
import { difference } from '../testing.js'
import { deltas } from './deltas.js'
import { framesIn, framesOf } from './framing.js'
import { decibels, frequencyOf, logMel, melFilters, melOf, melSpectrogram } from './mel.js'
import { mfcc } from './mfcc.js'
import { fadeOf, powerSpectrogram } from './spectrogram.js'
import { tune } from './testing.js'
import { perUtterance } from './utterance.js'

const run = async (build: (...inputs: Tensor[]) => Tensor, ...given: Given[]) =>
  (await evaluate((...inputs) => ({ y: build(...inputs) }), given)).y ?? []
const mel = { window: 400, hop: 160, rate: 16_000, bands: 40 }

describe('frames', () => {
  test.each([
    ['inside', 0, 0],
    ['inside', 399, 0],
    ['inside', 400, 1],
    ['inside', 559, 1],
    ['inside', 560, 2],
    ['inside', 16_000, 98],
    ['zeros', 0, 0],
    ['zeros', 1, 1],
    ['reflect', 16_000, 101],
  ] as const)('%s: %i numbers are %i frames', async (edges, samples, frames) => {
    const framing = { window: 400, hop: 160, edges }
    expect(framesOf(samples, framing)).toBe(frames)
    const counted = await run(n => framesIn(n.cast('int'), framing).cast('float'), array([1], [samples]))
    expect(counted).toEqual([frames])
  })

  test('of an hour are counted to the last, in float32 too', async () => {
    const samples = [57_600_080, 57_600_079]
    const { y } = await evaluate(
      n => ({ y: framesIn(n.cast('int').mul(16).add(n.cast('int').mul(0).add(15)), mel) }),
      [array([2], samples.map(n => (n - 15) / 16).map(Math.floor))],
      { precision: 'float32' },
    )
    expect(y).toEqual(samples.map(n => framesOf(Math.floor((n - 15) / 16) * 16 + 15, mel)))
  })

  test('waves that hold none are told, and too short ones to reflect', async () => {
    await expect(run(x => powerSpectrogram(x, mel), tune(399))).rejects.toThrow('too short for one frame of 400')
    await expect(run(x => powerSpectrogram(x, { ...mel, edges: 'reflect' }), tune(200))).rejects.toThrow(
      'too short to be reflected over 200',
    )
    await expect(run(x => powerSpectrogram(x, { ...mel, fft: 256 }), tune(500))).rejects.toThrow('does not hold')
  })
})

test('windows: a fade sums to its middle, and is even about half its length', () => {
  for (const [name, middle] of [
    ['hann', 0.5],
    ['hamming', 0.54],
  ] as const) {
    const fade = fadeOf(name, 400)
    expect(fade.reduce((sum, value) => sum + value, 0)).toBeCloseTo(400 * middle, 10)
    expect(fade[200]).toBe(1)
    expect(fade[1]).toBeCloseTo(fade[399] ?? 0, 14)
  }
})

test('power as a transform written out', async () => {
  const wave = randomArray([2, 50])
  const options = { window: 10, fft: 13, hop: 7 }
  const fade = fadeOf('hann', 10)
  const expected = [0, 1].flatMap(n =>
    [0, 7, 14, 21, 28, 35].flatMap(start =>
      [0, 1, 2, 3, 4, 5, 6].map(bin => {
        let [re, im] = [0, 0]
        for (let i = 0; i < 10; i++) {
          const value = (wave.values[50 * n + start + i] ?? 0) * (fade[i] ?? 0)
          re += value * Math.cos((2 * Math.PI * bin * i) / 13)
          im -= value * Math.sin((2 * Math.PI * bin * i) / 13)
        }
        return re ** 2 + im ** 2
      }),
    ),
  )
  expect(relativeError(await run(x => powerSpectrogram(x, options), wave), expected)).toBeLessThan(1e-12)
})

test('of a frame about its mean as of the frame less that; an offset is not heard', async () => {
  const options = { window: 10, hop: 10, fft: 16 }
  const wave = randomArray([1, 30], { low: 1, high: 3 })
  const means = [0, 1, 2].map(t => wave.values.slice(10 * t, 10 * t + 10).reduce((sum, value) => sum + value, 0) / 10)
  const less = wave.values.map((value, i) => value - (means[Math.floor(i / 10)] ?? 0))
  const centred = await run(x => powerSpectrogram(x, { ...options, centred: true }), wave)
  const expected = await run(x => powerSpectrogram(x, options), array([1, 30], less))
  expect(difference(centred, expected)).toBeLessThan(1e-12)
  const offset = array([1, 1000], Array(1000).fill(0.3))
  const { y } = await evaluate(x => ({ y: logMel(x, { ...mel, centred: true }) }), [offset], { precision: 'float32' })
  expect(difference(y, Array(4 * 40).fill(Math.log(1e-8)))).toBeLessThan(2e-6)
})

test('a tone of amplitude a at a frequency of the transform has power (a · n/4)² there, a quarter of it beside, none elsewhere', async () => {
  const wave = array(
    [1, 400],
    Array.from({ length: 400 }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 1000 * i) / 16_000)),
  )
  const power = await run(x => powerSpectrogram(x, mel), wave)
  // the window sums to n/2, and half of a tone lies at the negative frequency
  expect(difference(power.slice(23, 28), [0, 625, 2500, 625, 0])).toBeLessThan(1e-9)
})

test.each(['htk', 'slaney'] as const)('%s scale there and back; 1 kHz is %s', scale => {
  for (const frequency of [0, 50, 999, 1000, 1001, 8000])
    expect(frequencyOf(melOf(frequency, scale), scale)).toBeCloseTo(frequency, 8)
  expect(melOf(1000, scale)).toBeCloseTo(scale === 'htk' ? 999.9855 : 15, 4)
})

test('bands cover each frequency between the outer tops once, and one that holds none is told', () => {
  const filters = melFilters({ ...mel, bands: 10 })
  const column = (bin: number) => [...Array(10).keys()].reduce((sum, band) => sum + (filters[band * 201 + bin] ?? 0), 0)
  for (let bin = 8; bin < 150; bin++) expect(column(bin)).toBeCloseTo(1, 12)
  expect(() => melFilters({ ...mel, bands: 128 })).toThrow(/band 1 of 128 .* holds no frequency of a transform of 400/)
})

test.each(['float64', 'float32'] as const)('silence is the floor, to the last digit, in %s', async precision => {
  const silence = array([1, 720], Array(720).fill(0))
  const { log, db } = await evaluate(
    x => ({ log: logMel(x, mel), db: decibels(melSpectrogram(x, mel), 1e-10) }),
    [silence],
    { precision },
  )
  expect(log).toHaveLength(3 * 40)
  expect(difference(log, Array(120).fill(Math.log(1e-8)))).toBeLessThan(precision === 'float64' ? 1e-12 : 2e-6)
  expect(difference(db, Array(120).fill(-100))).toBeLessThan(precision === 'float64' ? 1e-12 : 1e-5)
})

test('a quiet band beside a loud tone is right in float32 down to the floor', async () => {
  const wave = array(
    [1, 1200],
    Array.from({ length: 1200 }, (_, i) => 0.9 * Math.sin((2 * Math.PI * 1000 * i) / 16_000)),
  )
  const build = (x: Tensor) => ({ y: logMel(x, mel) })
  const exact = await evaluate(build, [wave])
  const { y } = await evaluate(build, [wave], { precision: 'float32' })
  expect(Math.min(...(exact.y ?? []))).toBeCloseTo(Math.log(1e-8), 6)
  expect(difference(y, exact.y ?? [])).toBeLessThan(1e-2)
})

test('white noise: power is even over the frequencies, and its cepstrum is loudness alone', async () => {
  const [length, amplitude] = [160_000, 0.5]
  const noise = randomArray([1, length], { low: -amplitude, high: amplitude })
  const power = await run(x => powerSpectrogram(x, mel).mean([0, 1]), noise)
  const expected = (amplitude ** 2 / 3) * 400 * 0.375 // variance times the sum of the squared window
  for (const value of power.slice(1, 200)) expect(Math.abs(value / expected - 1)).toBeLessThan(0.15)
  const filters = { ...mel, norm: 'slaney', fft: 1024 } as const
  const cepstrum = await run(x => mfcc(logMel(x, filters).mean(1, true)), noise)
  // the logarithm of a noisy power lies below that of its mean, and the more so in the narrow bands at the low end
  for (const value of cepstrum.slice(1)) expect(Math.abs(value)).toBeLessThan(0.8)
  const louder = await run(x => mfcc(logMel(x.mul(2), filters).mean(1, true)), noise)
  const rise = louder.map((value, k) => value - (cepstrum[k] ?? 0))
  expect(difference(rise, [Math.sqrt(40) * Math.log(4), ...Array(12).fill(0)])).toBeLessThan(1e-9)
})

test('a spectrum that is flat has one coefficient: √bands times it', async () => {
  const flat = await run(x => mfcc(x, { coefficients: 5 }), array([1, 1, 16], Array(16).fill(3)))
  expect(difference(flat, [12, 0, 0, 0, 0])).toBeLessThan(1e-12)
})

describe('deltas', () => {
  test('of a straight line are its slope, but at the ends', async () => {
    const line = await run(x => deltas(x), array([1, 8, 1], [0, 3, 6, 9, 12, 15, 18, 21]))
    expect(difference(line, [1.5, 2.4, 3, 3, 3, 3, 2.4, 1.5])).toBeLessThan(1e-12)
  })

  test('of some frames are those of a recording of that many; the others get 0', async () => {
    const x = randomArray([3, 6, 2])
    const together = await run((x, n) => deltas(x, { frames: n.cast('int') }), x, array([3], [6, 4, 1]))
    const alone = async (n: number, frames: number) => {
      const own = array([1, frames, 2], x.values.slice(12 * n, 12 * n + 2 * frames))
      return [...(await run(x => deltas(x), own)), ...Array<number>(12 - 2 * frames).fill(0)]
    }
    const expected = [...(await alone(0, 6)), ...(await alone(1, 4)), ...(await alone(2, 1))]
    expect(difference(together, expected)).toBeLessThan(1e-14)
  })
})

describe('per utterance', () => {
  test('mean 0 and deviation 1 over the frames that are there, 0 elsewhere', async () => {
    const x = randomArray([3, 7, 2], { low: 3, high: 9 })
    const y = await run((x, n) => perUtterance(x, n.cast('int')), x, array([3], [7, 4, 1]))
    for (const [n, frames] of [7, 4].entries())
      for (const d of [0, 1]) {
        const values = [...Array(frames).keys()].map(t => y[14 * n + 2 * t + d] ?? Number.NaN)
        expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 10)
        expect(values.reduce((sum, value) => sum + value ** 2, 0) / frames).toBeCloseTo(1, 4)
      }
    expect(y.slice(14 + 8, 28).every(value => value === 0)).toBe(true)
    expect(y.slice(28).every(value => value === 0)).toBe(true)
    const alone = await run(x => perUtterance(x), array([1, 4, 2], x.values.slice(14, 22)))
    expect(difference(y.slice(14, 22), alone)).toBeLessThan(1e-12)
  })

  test('one frame, or one that does not change, is 0 and not noise', async () => {
    const still = array([2, 3, 1], [5, 5, 5, 7, 1, 2])
    const y = await run((x, n) => perUtterance(x, n.cast('int')), still, array([2], [3, 0]))
    expect(y).toEqual([0, 0, 0, 0, 0, 0])
  })
})

test('gradients as central differences, from the wave to the deltas of what is normalised', async () => {
  const tiny = { window: 8, hop: 4, rate: 16, bands: 2 }
  const wave = randomArray([2, 24])
  const frames = (x: Tensor) => x.mul(0).sum(1).add(4).cast('int')
  const build = (x: Tensor) => deltas(perUtterance(logMel(x, tiny), frames(x)), { frames: frames(x) })
  expect(await gradientError(build, [wave])).toBeLessThan(1e-5)
})
