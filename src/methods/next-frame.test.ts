import { describe, expect, test } from 'vitest'
import { represent, sampleOf, seenChannels } from '../assembly/programs.js'
import { memoryColumn } from '../data/columns.js'
import { numbered, setInMemory } from '../data/memory.js'
import { array, evaluate } from '../engine/testing.js'
import { LacunaError } from '../errors.js'
import { encoderNamed } from '../nn/encoders.js'
import { uniforms } from '../program/draws.js'
import { draw, trace } from '../program/trace.js'
import { range } from '../tensor/shape.js'
import { prepare } from '../training/prepare.js'
import { assembled, configOf, trainedOn } from '../training/testing.js'
import { movingMoment } from '../views/video/moments.js'
import { nextFrame } from './next-frame.js'

const SIZE = 16
const WINDOW = 6
const prepared = { motion: 0.05, copying: 1 }
const video = { kind: 'video', size: SIZE, colours: 1, rate: 10, length: WINDOW } as const
const options = { frames: 3, ahead: 3, width: 32, flip: 0 }
const config = configOf('next-frame', options, { channels: { video }, prepared, batch: 8 })

/** A bright square of 5 px that goes from left to right by 2 px each frame, and round again. */
const passing = (start: number, row: number, count = WINDOW): number[] =>
  range(count).flatMap(t =>
    range(SIZE * SIZE).map(i => {
      const [y, x] = [Math.floor(i / SIZE), i % SIZE]
      return y >= row && y < row + 5 && (x - start - 2 * t + 16 * SIZE) % SIZE < 5 ? 220 : 30
    }),
  )
function batchOf(number: number, film = passing) {
  const next = uniforms(number, 0, 'films')
  const films = range(config.batch).map(() => film(Math.floor(SIZE * next()), Math.floor(11 * next())))
  return { video: films.flat(), 'video.lengths': films.map(() => WINDOW) }
}

const still = { ...options, moving: false, gradients: 0 }

test('the start is copying the last frame: its error is mean |f_t − f_(t−1)| to the last bit of float32, the loss what prepare says', async () => {
  const films = range(8).map(i => passing(3 * i, i))
  const set = setInMemory<{ video: { kind: 'video'; frames: number } }>(
    { video: memoryColumn(video, films) },
    numbered(8),
  )
  const parsed = configOf('next-frame', still).options
  const definitions = { method: nextFrame, encoder: encoderNamed('c4-half') }
  const found = await prepare(definitions, parsed, set as never, 0)
  const own = { ...config, options: parsed, prepared: found.prepared, steps: 1 }
  const given = { video: films.flat(), 'video.lengths': films.map(() => WINDOW) }
  const { first, chance } = await trainedOn(own, () => given)
  // every frame of these differs from the one before in the same number of pixels
  const expected = (2 * 2 * 5 * 190) / 255 / (SIZE * SIZE)
  expect(first.error).toBeCloseTo(expected, 6)
  expect(chance).toBeCloseTo(first.loss ?? Number.NaN, 5)
  expect((found.prepared as typeof prepared).motion).toBeCloseTo(expected, 6)
})

test('a step moves every weight, though the guess begins as a copy', async () => {
  const { unchanged } = await trainedOn({ ...config, steps: 3 }, number => batchOf(number))
  expect(unchanged).toEqual([])
})

describe('squares that go on as they have', () => {
  const trained = trainedOn({ ...config, steps: 180, learningRate: 4e-3 }, number => batchOf(number), 4)

  test('are guessed: much of the error of copying is saved, several frames ahead too', async () => {
    const { measures } = await trained
    const psnr = (of = '') => measures[`PSNR where it moves, dB${of}`] ?? Number.NaN
    expect(psnr()).toBeGreaterThan(psnr('/copy last') + 10 * Math.log10(1 / 0.6)) // 0.6 of the squared error
    expect(measures['SSIM where it moves']).toBeGreaterThan(measures['SSIM where it moves/copy last'] ?? 1)
  }, 180_000)

  test('are shown: past, guessed, true and the difference', async () => {
    const { columns } = await trained
    expect(columns.map(({ title }) => title)).toEqual(['past', 'guessed', 'true', 'difference'])
    const [past, guessed, right, difference] = columns.map(({ pictures }) => pictures)
    const frame = SIZE * SIZE
    const given = batchOf(180 + 3)
    expect([...(past ?? []).slice(0, 3 * frame)]).toEqual(given.video.slice(0, 3 * frame))
    expect([...(right ?? []).slice(0, 3 * frame)]).toEqual(given.video.slice(3 * frame, 6 * frame))
    range(frame).forEach(i => {
      const expected = Math.abs((guessed?.[i] ?? 0) - (right?.[i] ?? 0))
      expect(Math.abs((difference?.[i] ?? 99) - expected)).toBeLessThanOrEqual(1)
    })
  })
})

test('with an adversary both sides are trained, and each has a loss of its own', async () => {
  const own = configOf(
    'next-frame',
    { ...options, adversary: 0.05 },
    { channels: { video }, prepared, batch: 8, steps: 2 },
  )
  const { first, unchanged, chance } = await trainedOn(own, number => batchOf(number))
  expect(unchanged).toEqual([])
  expect(chance).toBeCloseTo(1 + 0.05 * Math.LN2, 12)
  expect(first.discriminator).toBeGreaterThan(0.5)
})

describe('moments', () => {
  /** Where the first of two past frames is, for each window */
  const chosen = (motion: number[][], lengths: number[], usual: number) =>
    evaluate(
      (given, there) => {
        const both = given !== undefined && there !== undefined
        if (!both) throw new Error('two inputs')
        const { first, motion } = movingMoment(given, there.cast('int'), 2, usual, draw)
        return { first: first.cast('float'), motion }
      },
      [array([motion.length, motion[0]?.length ?? 0], motion.flat()), array([lengths.length], lengths)],
    )

  test('of windows whose film ends have no motion where there is no frame to guess', async () => {
    const windows = [0.1, 0.2, 0.3]
    const { motion, first } = await chosen([windows, windows], [2, 3], 0.1)
    expect(motion?.[0]).toBe(0)
    expect(motion?.[1]).toBeCloseTo(0.2, 6)
    expect(first?.[1]).toBe(0)
  })

  test('are drawn in proportion to the motion, and those without any seldom', async () => {
    const windows = range(2000).map(() => [9, 0, 0.1, 0.3])
    const { first } = await chosen(
      windows,
      range(2000).map(() => 5),
      0.1,
    )
    const shares = range(3).map(i => (first ?? []).filter(value => value === i).length / 2000)
    // a tenth of the usual motion is added: 0.01, 0.11 and 0.31 of 0.43
    for (const [i, share] of [0.01 / 0.43, 0.11 / 0.43, 0.31 / 0.43].entries())
      expect(Math.abs((shares[i] ?? 0) - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / 2000))
  })
})

test('pictures have a vector: the encoder sees single frames', () => {
  const assembly = assembled(config)
  const channels = seenChannels(assembly)
  expect(channels).toEqual({ image: { kind: 'image', size: SIZE, colours: 1 } })
  const { result } = trace({ training: false }, () => represent(assembly, sampleOf(channels, 3)))
  expect(result.shape).toEqual([3, 128])
})

test('films in which nothing moves, and frames that cannot be halved twice, are refused', async () => {
  const set = setInMemory(
    {
      video: memoryColumn(
        video,
        range(4).map(() => Array(WINDOW * 256).fill(7)),
      ),
    },
    numbered(4),
  )
  const definitions = { method: nextFrame, encoder: encoderNamed('c4-half') }
  await expect(prepare(definitions, config.options, set, 0)).rejects.toThrow('nothing moves in these films')
  const odd = () => assembled({ ...config, channels: { video: { ...video, size: 18 } } })
  expect(odd).toThrow(LacunaError)
  expect(odd).toThrow('18 px cannot be halved twice; use --size 20')
})
