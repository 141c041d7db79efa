import { describe, expect, test } from 'vitest'
import { represent, sampleOf, showProgram } from '../assembly/programs.js'
import { openEngine } from '../engine/node/engine.js'
import { LacunaError } from '../errors.js'
import { initialValues } from '../nn/initialise.js'
import { compile } from '../program/compile.js'
import { trace } from '../program/trace.js'
import { concat } from '../tensor/movement.js'
import type { Tensor } from '../tensor/tensor.js'
import { assembled, configOf, pictured, stripes, trainedOn, whiteNoise } from '../training/testing.js'
import { toFloat } from '../views/picture.js'
import { mae } from './mae.js'
import { mainEncoder } from './method.js'

const target = { device: 'cpu', precision: 'float32' } as const
const prepared = { mean: [0.5, 0.5, 0.5], variance: 1 / 12 }
const small = { encoder: 'vit:dim=32,depth=1,heads=1,patch=4', prepared }
const still = { views: { crop: [1, 1], aspect: [1, 1], flip: 0 } }

test.each([1, 3] as const)(
  'the first step with %i channel(s) is near chance and moves every weight',
  async channels => {
    const own = { mean: prepared.mean.slice(0, channels), variance: prepared.variance }
    const config = configOf('mae', {}, { ...small, prepared: own, channels: pictured(16, channels), steps: 1 })
    const { first, chance, unchanged } = await trainedOn(config, number => whiteNoise(config, number))
    const n = 16 * channels
    expect(chance).toBe((n - 1) / n)
    expect(Math.abs((first.loss ?? 0) / chance - 1)).toBeLessThan(0.1)
    expect(unchanged).toEqual([])
  },
)

test.each([true, false])('white noise hides nothing that could be guessed, normalised: %j', async normalise => {
  const config = configOf('mae', { normalise, ...still }, { ...small, steps: 40 })
  const { measures, chance } = await trainedOn(config, number => whiteNoise(config, number), 4)
  const flat = measures['loss/a flat guess'] ?? 0
  expect(Math.abs(flat / chance - 1)).toBeLessThan(0.03)
  expect(measures.loss).toBeGreaterThan(0.99 * flat)
})

test('stripes are guessed from a quarter of the patches, better than by either fill', async () => {
  const config = configOf('mae', still, { ...small, steps: 150, batch: 32, learningRate: 3e-3 })
  const { measures } = await trainedOn(config, number => stripes(config, number))
  expect(measures['loss/a flat guess']).toBeCloseTo(47 / 48, 2)
  expect(measures.loss).toBeLessThan(0.75)
  const pixels = measures['squared error of pixels'] ?? 1
  expect(pixels).toBeLessThan(0.75 * (measures['squared error of pixels/mean fill'] ?? 0))
  expect(pixels).toBeLessThan(0.75 * (measures['squared error of pixels/harmonic fill'] ?? 0))
})

describe('what is shown', () => {
  const config = configOf('mae', { normalise: false }, { ...small, batch: 4 })
  const assembly = assembled(config)
  const show = async (image: Uint8Array) => {
    const { program, columns } = showProgram(assembly, 4, target)
    const engine = openEngine({ ...target, threads: 1 })
    try {
      await engine.load('show', program)
      await engine.write(initialValues(assembly.names, 0))
      const results = await engine.run('show', { image }, { seed: 1, step: 0 })
      return columns.map(({ title }, i) => ({ title, pictures: Array.from(results[`${i}`] ?? [], Number) }))
    } finally {
      await engine.close()
    }
  }
  /** No pixel is 128, which stands for hidden */
  const image = whiteNoise(config, 0).map(value => (value === 128 ? 127 : value))

  test('a quarter of the patches, then the guess pasted in, then the truth', async () => {
    const [shown, guessed, truth] = await show(image)
    expect([shown, guessed, truth].map(column => column?.title)).toEqual(['shown', 'guessed', 'true'])
    expect(truth?.pictures).toEqual([...image])
    const hidden = (shown?.pictures ?? []).map(value => value === 128)
    expect(hidden.filter(Boolean)).toHaveLength(0.75 * image.length)
    expect(shown?.pictures.every((value, i) => hidden[i] || value === image[i])).toBe(true)
    expect(guessed?.pictures.every((value, i) => hidden[i] || value === image[i])).toBe(true)
    expect(guessed?.pictures).not.toEqual(truth?.pictures)
  })

  test('hidden pixels do not reach the guess, shown ones do', async () => {
    const [before, guess] = await show(image)
    const hidden = (before?.pictures ?? []).map(value => value === 128)
    const [, sameGuess] = await show(image.map((value, i) => (hidden[i] ? 255 - value : value)))
    expect(sameGuess?.pictures).toEqual(guess?.pictures)
    const [, otherGuess] = await show(image.map((value, i) => (hidden[i] ? value : 255 - value)))
    expect(otherGuess?.pictures.filter((value, i) => hidden[i] && value !== guess?.pictures[i]).length).toBeGreaterThan(
      100,
    )
  })
})

test('the vector kept is the mean over the patches, or the class token', async () => {
  const vectors = async (keep: string, encoder = small.encoder) => {
    const config = configOf('mae', { keep }, { ...small, encoder, batch: 2 })
    const assembly = assembled(config)
    const sample = sampleOf(assembly.channels, 2)
    const { result } = trace({ training: false }, () => ({
      kept: represent(assembly, sample),
      tokens: mainEncoder(assembly.learner)[1].features(toFloat(sample.image as Tensor)),
    }))
    const rows = result.tokens.shape[1] ?? 0
    const outputs = {
      ...result,
      all: concat([
        result.tokens.mean(1),
        result.tokens.slice(1, rows - 16).mean(1),
        result.tokens.slice(1, 0, 1).mean(1),
      ]),
    }
    const engine = openEngine({ ...target, threads: 1 })
    try {
      await engine.load('embed', compile({ outputs, names: assembly.names }, target))
      const kept = [...initialValues(assembly.names, 0)].filter(([name]) => name.startsWith('encoder.'))
      await engine.write(new Map(kept))
      const results = await engine.run('embed', { image: whiteNoise(config, 0) })
      const all = Array.from(results.all ?? [], Number)
      return {
        kept: Array.from(results.kept ?? [], Number),
        means: [0, 64, 128].map(from => all.slice(from, from + 64)),
      }
    } finally {
      await engine.close()
    }
  }
  const expectClose = (got: number[], wanted: number[] = []) => {
    expect(got).toHaveLength(64)
    for (const [i, value] of got.entries()) expect(value).toBeCloseTo(wanted[i] ?? Number.NaN, 5)
  }
  const patches = await vectors('patches')
  expectClose(patches.kept, patches.means[1])
  const token = await vectors('class')
  expectClose(token.kept, token.means[2])
  const without = await vectors('patches', `${small.encoder},class=false`)
  expectClose(without.kept, without.means[0])
})

describe('wrong usage', () => {
  const building =
    (changes: Parameters<typeof configOf>[2], options = {}) =>
    () =>
      assembled(configOf('mae', options, { prepared, ...changes }))

  test.each([
    ['a convolutional encoder', building({ encoder: 'c4' }), 'only a transformer takes; use --encoder vit-mini'],
    [
      'a size that does not divide',
      building({ encoder: 'vit-mini', channels: pictured(30) }),
      'pictures of 30 px do not divide into patches of 4 px',
    ],
    [
      'too few patches',
      building({ encoder: 'vit-mini', channels: pictured(4) }),
      'hiding 75 % of 1 patches of 4 px leaves none to see',
    ],
    ['a width without sines', building({ encoder: 'vit:dim=6,depth=1,heads=1' }), 'a width that divides by 4, not 6'],
  ])('%s', (_, build, says) => {
    expect(build).toThrow(LacunaError)
    expect(build).toThrow(says)
    expect(build).toThrow(expect.objectContaining({ exitCode: 2 }))
  })

  test.each([{ masked: 0 }, { masked: 1 }, { decoder: { dim: 48 } }, { keep: 'mean' }])('%j', options => {
    expect(() => configOf('mae', options)).toThrow(LacunaError)
  })
})

test('its encoder is a transformer unless told', () => {
  expect(mae.encoder).toBe('vit-mini')
})
