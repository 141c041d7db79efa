import { describe, expect, test } from 'vitest'
import { array, evaluate, type Given, randomArray, relativeError } from '../../engine/testing.js'
import { flops } from '../../program/flops.js'
import { topological } from '../../tensor/derivative.js'
import { input, type Tensor } from '../../tensor/tensor.js'
import { difference } from '../../views/testing.js'
import { makeEncoder } from '../encoders.js'
import { parameterCount } from '../parameters.js'
import { moduleGradientError, runModule } from '../testing.js'
import { logMelEncoder } from './log-mel.js'
import { heard, noise } from './testing.js'

const rate = 16_000
const small = (more: { stack?: number } = {}) => logMelEncoder({ rate }, { dim: 24, depth: 2, heads: 3, ...more })
const latentsOf = async (waves: Given, encoder = small()) =>
  (await evaluate(x => ({ y: encoder.latents(x) }), [waves])).y ?? []

describe('frames', () => {
  test.each([
    [399, 0, 0],
    [400, 1, 1],
    [559, 1, 1],
    [560, 1, 1],
    [720, 2, 1],
    [400 + 100 * 160, 51, 26], // 101 mel frames → 51 stacked
    [64_000, 199, 100],
  ])('%i numbers are %i latents, or %i in fours', (length, pairs, fours) => {
    for (const [stack, frames] of [
      [2, pairs],
      [4, fours],
    ] as const) {
      const encoder = small({ stack })
      expect(encoder.framesOf(length)).toBe(frames)
      if (frames > 0) expect(encoder.features(input('x', [3, length])).shape).toEqual([3, frames, 24])
      expect([encoder.hop, encoder.receptiveField]).toEqual([160 * stack, 400 + 160 * (stack - 1)])
      expect(encoder.latentWidth).toBe(40 * stack)
    }
  })

  test('the second half of the last is 0 where the mel frames are odd in number, and not where they are even', async () => {
    const y = await latentsOf(noise([400 + 2 * 160]))
    expect(y).toHaveLength(2 * 80)
    expect(y.slice(120)).toEqual(Array(40).fill(0))
    const even = await latentsOf(noise([400 + 3 * 160]))
    expect(even.slice(120).every(value => value !== 0)).toBe(true)
  })

  test('each band has mean 0 and deviation 1 over the utterance, however loud that is', async () => {
    const waves = noise([400 + 99 * 160])
    const y = await latentsOf(waves)
    for (const band of [0, 17, 39]) {
      const values = Array.from({ length: 100 }, (_, t) => y[40 * t + band] ?? Number.NaN)
      expect(values.reduce((sum, value) => sum + value, 0) / 100).toBeCloseTo(0, 10)
      expect(values.reduce((sum, value) => sum + value ** 2, 0) / 100).toBeCloseTo(1, 3)
    }
    const quiet = array(
      waves.shape,
      waves.values.map(value => value / 30),
    )
    expect(difference(await latentsOf(quiet), y)).toBeLessThan(1e-4)
  })
})

describe.each([2, 4])('stacked by %i', stack => {
  test('what lies after the lengths changes nothing', async () => {
    const lengths = [1777, 4000]
    const waves = noise(lengths)
    const exactly = (waves: Given, lengths?: number[]) =>
      heard(small({ stack }), waves, { precision: 'float64', ...(lengths && { lengths }) })
    const [short, whole] = await exactly(waves, lengths)
    const rows = lengths.map((_, i) => waves.values.slice(4000 * i, 4000 * (i + 1)))
    const padded = rows.flatMap(row => [...row, ...Array<number>(1500).fill(0)])
    const [shortFurther, wholeFurther] = await exactly(array([2, 5500], padded), lengths)
    const [shortAlone = []] = await exactly(array([1, 1777], waves.values.slice(0, 1777)))
    expect(relativeError(shortFurther, short ?? [])).toBeLessThan(1e-12)
    expect(relativeError(wholeFurther, whole ?? [])).toBeLessThan(1e-12)
    expect(relativeError(short, shortAlone)).toBeLessThan(1e-12)
  })
})

test('a window of a recording too short for one frame has numbers all the same', async () => {
  const encoder = small()
  const y = await runModule(encoder, (x, lengths) => encoder(x, lengths?.cast('int')), [
    noise([300, 1000]),
    array([2], [300, 1000]),
  ])
  expect(y.y.every(Number.isFinite)).toBe(true)
  expect(y.y.slice(0, 24)).toEqual(Array(24).fill(0))
})

describe('hidden frames', () => {
  const frames = 12
  const hidden = array([1, frames], [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0])
  const context = async (latents: Given) => {
    const encoder = small()
    const forward = (x: Tensor, marks?: Tensor) => encoder.context(x, { hidden: marks?.greater(0.5) })
    return (await runModule(encoder, forward, [latents, hidden])).y
  }

  test('tell the context nothing of their latents, to the bit', async () => {
    const latents = randomArray([1, frames, 80])
    const isHidden = (i: number) => hidden.values[Math.floor(i / 80)] === 1
    const other = array(
      latents.shape,
      latents.values.map((value, i) => (isHidden(i) ? 1e3 - value : value)),
    )
    expect(await context(other)).toEqual(await context(latents))
    const shown = array(
      latents.shape,
      latents.values.map((value, i) => (i < 80 ? -value : value)),
    )
    expect(await context(shown)).not.toEqual(await context(latents))
  })

  test('of their wave, the others know what they share, and one mean and one deviation a band', async () => {
    const waves = noise([400 + 23 * 160])
    // frame 4 sees [1280, 1840); frames 3 and 5 see up to 1520 and from 1600 on
    const moved = array(
      waves.shape,
      waves.values.map((value, i) => (i >= 1520 && i < 1600 ? 5 * value : value)),
    )
    const [before, after] = [await latentsOf(waves), await latentsOf(moved)]
    const column = (y: readonly number[], band: number) =>
      [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11].flatMap(t => [0, 40].map(half => y[80 * t + half + band] ?? Number.NaN))
    let furthest = 0
    for (let band = 0; band < 40; band++) {
      const [x, y] = [column(before, band), column(after, band)]
      const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
      const [mx, my] = [mean(x), mean(y)]
      const slope =
        mean(x.map((value, i) => (value - mx) * ((y[i] ?? 0) - my))) / mean(x.map(value => (value - mx) ** 2))
      const line = x.map(value => my + slope * (value - mx))
      expect(difference(y, line)).toBeLessThan(1e-9)
      furthest = Math.max(furthest, difference(y, x))
    }
    expect(furthest).toBeGreaterThan(1e-3)
    const own = (y: readonly number[]) => y.slice(320, 400)
    expect(difference(own(after), own(before))).toBeGreaterThan(0.3)
  })

  test('stand as zeros: a context of all hidden is that of zeros', async () => {
    const encoder = small()
    const all = (x: Tensor, marks?: Tensor) => encoder.context(x, { hidden: marks?.greater(-1) })
    const latents = randomArray([1, frames, 80])
    const { y } = await runModule(encoder, all, [latents, hidden])
    const zeros = array(latents.shape, Array(frames * 80).fill(0))
    expect(y).toEqual((await runModule(encoder, x => encoder.context(x), [zeros])).y)
  })
})

test('features stop after so many blocks', async () => {
  const encoder = small()
  const waves = noise([2000])
  const at = async (depth?: number) => (await runModule(encoder, x => encoder.features(x, depth), [waves])).y
  expect(encoder.layers).toEqual(['block1', 'block2'])
  expect(await at(2)).toEqual(await at())
  expect(await at(1)).not.toEqual(await at())
})

test('gradients of a tiny one as central differences', async () => {
  const encoder = logMelEncoder({ rate }, { dim: 4, depth: 1, heads: 2, mlpRatio: 1 })
  const latents = array([1, 3, 80], randomArray([240]).values)
  const frames = (x: Tensor) => x.slice(1, 0, 1).slice(2, 0, 1).reshape(1).mul(0).add(2).cast('int')
  const forward = (x: Tensor) => encoder.context(x, { frames: frames(x) }).slice(1, 0, 2)
  expect(await moduleGradientError(encoder, forward, [latents])).toBeLessThan(1e-6)
})

test('the sizes that have names', () => {
  const channel = { kind: 'audio', rate, length: 32_000 } as const
  const presets = ['log-mel-small', 'log-mel-base', 'log-mel:dim=32,depth=2,heads=4,stack=4'].map(name =>
    makeEncoder(name, channel),
  )
  const parameters = (dim: number, depth: number, kernel = 32, latents = 80) =>
    depth * (12 * dim ** 2 + 13 * dim) + (latents + 1) * dim + 2 * dim + (dim ** 2 / 16 + 1) * kernel + dim
  expect(presets.map(parameterCount)).toEqual([
    parameters(192, 4),
    parameters(768, 12, 128),
    parameters(32, 2, 32, 160),
  ])
  expect(presets.map(({ width }) => width)).toEqual([192, 768, 32])
  expect(() => makeEncoder('log-mel:dim=32,depth=2,heads=5', channel)).toThrow('dim: does not divide into the heads')
  expect(() => makeEncoder('log-mel-small', { ...channel, length: 300 })).toThrow(
    'log-mel-small: a window of 300 numbers is shorter than the 560 of one frame; take --seconds 0.04 or more',
  )
})

test('12 layers of 768 at 50 frames a second: 4.29 thousand million multiply-adds a second of sound', () => {
  const encoder = logMelEncoder({ rate }, { dim: 768, depth: 12, heads: 12 })
  const context = encoder.context(input('z', [1, 50, 80]))
  const [weights, attention, projection] = [12 * 12 * 768 ** 2 * 50, 2 * 12 * 50 ** 2 * 768, 80 * 768 * 50]
  const positions = (768 * 768 * 32 * 50) / 16
  expect(flops(topological([context])) / 2).toBe(weights + attention + projection + positions)
  expect((weights + attention) / 1e9).toBeCloseTo(4.29, 2)
})
