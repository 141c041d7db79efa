import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sampleOf, stepOf } from '../assembly/programs.js'
import type { audio, image, video } from '../channels/channel.js'
import { memoryColumn } from '../data/columns.js'
import { numbered, setInMemory } from '../data/memory.js'
import { temporaryFolder } from '../data/testing.js'
import { array, evaluate, randomArray } from '../engine/testing.js'
import { LacunaError } from '../errors.js'
import { pretext } from '../evaluation/pretext.js'
import { makeEncoder } from '../nn/encoders.js'
import { module } from '../nn/module.js'
import { runModule } from '../nn/testing.js'
import { pretrain } from '../pretrain.js'
import { uniforms } from '../program/draws.js'
import { draw, trace } from '../program/trace.js'
import { openRun } from '../runs/run.js'
import { range } from '../tensor/shape.js'
import { constant } from '../tensor/tensor.js'
import { previewRun } from '../training/preview.js'
import { TEXTURE } from '../views/audio/texture/texture.js'
import { soundtrack } from './soundtrack.js'
import { bitsIn, clusterOf, comparedTextures, fitTargets, type TextureTargets } from './texture-targets.js'

const RATE = 8000
const SIZE = 16
/** Of each class: Hz of its noise, how often a second that goes up and down, and the colour of its square */
const classes = [
  { low: 300, high: 900, rhythm: 3, colour: [220, 40, 40] },
  { low: 300, high: 900, rhythm: 24, colour: [40, 220, 40] },
  { low: 1500, high: 2500, rhythm: 3, colour: [40, 40, 220] },
  { low: 1500, high: 2500, rhythm: 24, colour: [220, 220, 40] },
] as const

/** A square of the colour of its class somewhere on grey, and the sound that such squares make; every twelfth is silent. */
function audiovisual(count: number, seed: number) {
  const next = uniforms(seed, 0, 'audiovisual')
  const made = range(count).map(i => {
    const { low, high, rhythm, colour } = classes[i % 4] ?? classes[0]
    const [x, y, side] = [Math.floor(9 * next()), Math.floor(9 * next()), 5 + Math.floor(3 * next())]
    const inside = (p: number) => {
      const [row, column] = [Math.floor(p / SIZE), p % SIZE]
      return column >= x && column < x + side && row >= y && row < y + side
    }
    const picture = range(SIZE * SIZE).flatMap(p =>
      range(3).map(c => (inside(p) ? (colour[c] ?? 0) : 120) + Math.floor(30 * next())),
    )
    const waves = range(100).map(w => ({ hertz: low + ((high - low) * w) / 100, phase: 2 * Math.PI * next() }))
    const [loudness, phase] = [i % 12 === 11 ? 0 : 0.01 + 0.02 * next(), 2 * Math.PI * next()]
    const sound = range(Math.floor(RATE * (0.7 + 0.6 * next()))).map(t => {
      const up = 1 + 0.9 * Math.sin(phase + (2 * Math.PI * rhythm * t) / RATE)
      const noise = waves.reduce((sum, w) => sum + Math.sin(w.phase + (2 * Math.PI * w.hertz * t) / RATE), 0)
      return Math.round(2 ** 15 * loudness * 0.2 * (up * noise + next() - 0.5)) // on a little hiss
    })
    return { picture, sound }
  })
  return setInMemory<{ image: ReturnType<typeof image>; audio: ReturnType<typeof audio> }>(
    {
      image: memoryColumn(
        { kind: 'image', size: SIZE, colours: 3 },
        made.map(({ picture }) => picture),
      ),
      audio: memoryColumn(
        { kind: 'audio', rate: RATE, length: 2 * RATE },
        made.map(({ sound }) => sound),
      ),
    },
    numbered(count),
  )
}

const train = async (options: object, steps: number) => {
  const out = join(temporaryFolder(), 'run')
  const notes: string[] = []
  const run = await pretrain(soundtrack, audiovisual(96, 1), {
    ...{ out, encoder: 'c4-half', batch: 16, steps, threads: 1, report: false, learningRate: 0.03 },
    options: { seconds: 1, ...options },
    onNote: note => notes.push(note),
  })
  return { run, opened: openRun(out), notes }
}

describe('squares that sound by their colour', () => {
  test('their sounds fall into clusters by band and rhythm, and held-out squares tell which', async () => {
    const { run, opened, notes } = await train({ clusters: 4 }, 60)
    expect(run.chance).toBeLessThanOrEqual(Math.log(4) + 1e-9)
    expect(run.chance).toBeGreaterThan(1.3)
    expect(notes).toContain('8 of 96 sounds are next to silence: they do not count')
    expect(notes).toContainEqual(expect.stringMatching(/^4 clusters of 88 sounds; the commonest has 2\d %$/))
    const held = audiovisual(48, 2)
    const { measures } = await pretext(opened, held, { threads: 1 })
    const accuracy = measures.find(({ name }) => name === 'accuracy')
    expect(accuracy?.value).toBeGreaterThan(0.95)
    expect(accuracy?.baselines.chance).toBe(0.25)
    expect(accuracy?.baselines['the commonest cluster']).toBeLessThan(0.35)
    const { columns } = await previewRun(opened, held, 32)
    expect(columns.map(({ title, kind }) => `${title}: ${kind}`)).toEqual([
      'image as stored: image',
      'audio as stored: audio',
      'shown: image',
      'hidden: its sound: audio',
      'guessed: how likely each cluster of sounds is: vector',
      'the cluster it is of: vector',
    ])
    // the four classes are four clusters: the cluster of each held-out square by its sound
    const clusters = columns.at(-1)?.values.map(one => Array.from(one, Number).indexOf(1))
    expect(new Set(clusters).size).toBe(4)
  })

  test('and on which side of the median along the main directions', async () => {
    const { run, opened } = await train({ targets: 'bits', bits: 2 }, 40)
    expect(run.chance).toBeCloseTo(2 * Math.LN2, 12)
    const { measures } = await pretext(opened, audiovisual(48, 2), { threads: 1 })
    const [accuracy, cost] = measures
    expect(accuracy?.value).toBeGreaterThan(0.8)
    expect(accuracy?.baselines).toEqual({ chance: 0.5 })
    expect(cost?.baselines.chance).toBeCloseTo(2 * Math.LN2, 12)
  })
})

test('a frame of a film has the sound that is heard about it', async () => {
  // six seconds, red and low, then blue and high
  const scene = (i: number, second: number) => (second < 3 === (i % 2 === 0) ? 'red' : 'blue')
  const next = uniforms(9, 0, 'films')
  const films = range(16).map(i => ({
    frames: range(24).flatMap(f =>
      range(SIZE * SIZE).flatMap(() => (scene(i, f / 4) === 'red' ? [200, 30, 30] : [30, 30, 200])),
    ),
    sound: range(6 * RATE).map(t => {
      const hertz = scene(i, t / RATE) === 'red' ? 300 : 2000
      return Math.round(4000 * (Math.sin((2 * Math.PI * hertz * t) / RATE) + 0.2 * next()))
    }),
  }))
  const set = setInMemory<{ film: ReturnType<typeof video>; audio: ReturnType<typeof audio> }>(
    {
      film: memoryColumn(
        { kind: 'video', size: SIZE, colours: 3, rate: 4, length: 24 },
        films.map(({ frames }) => frames),
      ),
      audio: memoryColumn(
        { kind: 'audio', rate: RATE, length: 6 * RATE },
        films.map(({ sound }) => sound),
      ),
    },
    numbered(16),
  )
  const out = join(temporaryFolder(), 'run')
  await pretrain(soundtrack, set, {
    ...{ out, encoder: 'c4-half', batch: 16, steps: 1, threads: 1, report: false },
    options: { seconds: 0.5, clusters: 2 },
  })
  const { columns } = await previewRun(openRun(out), set, 32)
  const [shown, clusters] = ['shown', 'the cluster it is of'].map(
    wanted => columns.find(({ title }) => title === wanted)?.values ?? [],
  )
  const red = shown?.map(frame => (Number(frame[0]) > 100 ? 1 : 0)) ?? []
  const first = clusters?.map(one => Number(one[0])) ?? []
  expect(red.length).toBeGreaterThanOrEqual(16)
  expect(new Set(red).size).toBe(2)
  const agree = red.filter((r, i) => r === first[i]).length / red.length
  expect(Math.max(agree, 1 - agree)).toBeGreaterThan(0.85) // but for those next to the change
})

test.each([
  ['30 clusters', { of: 'clusters', centres: range(30).map(c => Array(TEXTURE).fill(c)), counts: Array(30).fill(4) }],
  ['30 bits', { of: 'bits', directions: range(30).map(() => Array(TEXTURE).fill(0.1)), thresholds: Array(30).fill(0) }],
] as const)('a head that says the same of all pictures: %s cost ln 30, or 30 ln 2', async (_, targets) => {
  const channels = {
    image: { kind: 'image', size: SIZE, colours: 3 },
    audio: { kind: 'audio', rate: RATE, length: 4000 },
  } as const
  const options = { seconds: 0.5, ...(targets.of === 'bits' && { targets: 'bits' }) }
  const learner = soundtrack.build({
    channels,
    options,
    prepared: { mean: Array(TEXTURE).fill(0.5), scale: Array(TEXTURE).fill(1), targets },
    makeEncoder: () => makeEncoder('c4-half', { size: SIZE, channels: 3 }),
  })
  const root = module({ ...learner.kept, ...learner.heads }, () => undefined)
  const silentAfter = [4000, 2500, 4000]
  const sounds = array(
    [3, 4000],
    range(3 * 4000).map(i =>
      i < 8000 && i % 4000 < (silentAfter[Math.floor(i / 4000)] ?? 0) ? Math.sin(i * i) / 9 : 0,
    ),
  )
  const step = async (values: ReadonlyMap<string, ArrayLike<number>>) => {
    const { y } = await runModule(
      root,
      (image, values, lengths) =>
        stepOf(learner, { image, audio: { values, lengths: lengths.cast('int') } }, draw).loss,
      [randomArray([3, SIZE, SIZE, 3], { low: 0, high: 255 }), sounds, array([3], silentAfter)],
      { training: true, values },
    )
    return y[0] ?? Number.NaN
  }
  const zeros = new Map([
    ['head.weight', Array(30 * 128).fill(0)],
    ['head.bias', Array(30).fill(0)],
  ])
  const chance = trace({ training: true }, draw => stepOf(learner, sampleOf(channels, 2), draw).chance).result
  expect(await step(zeros)).toBeCloseTo(targets.of === 'bits' ? 20.7944 : 3.4012, 4)
  expect(await step(zeros)).toBeCloseTo(chance, 10)
  expect(Math.abs((await step(new Map())) - chance)).toBeGreaterThan(1e-3)
})

describe('targets', () => {
  /** Textures in two heaps, apart in the first band; the last is silent, and of the odd ones the slowest modulation is not known. */
  const heard = (count: number) => {
    const next = uniforms(3, 0, 'textures')
    const values = Float32Array.from(
      range(count * TEXTURE),
      i => (i % TEXTURE === 0 ? 10 * (Math.floor(i / TEXTURE) % 2) : 0) + next(),
    )
    const known = Float32Array.from(range(count * TEXTURE), i =>
      i % TEXTURE === 64 && Math.floor(i / TEXTURE) % 2 === 1 ? 0 : 1,
    )
    return { values, known, level: Float32Array.from(range(count), i => (i === count - 1 ? 1e-6 : 0.1)) }
  }
  const options = { targets: 'clusters', clusters: 2, bits: 3, least: 1e-3 } as const
  const inProgram = async (found: TextureTargets, of: 'cluster' | 'bits' | 'compared') => {
    const { values, known } = heard(20)
    const { y = [] } = await evaluate(
      (values, known) => {
        const compared = comparedTextures({ values, known: known.greater(0.5) }, found)
        const { targets } = found
        if (of === 'cluster' && targets.of === 'clusters') return { y: clusterOf(compared, targets.centres) }
        if (of === 'bits' && targets.of === 'bits') return { y: bitsIn(compared, targets) }
        return { y: compared }
      },
      [array([20, TEXTURE], values), array([20, TEXTURE], known)],
    )
    return y
  }

  test('each number has mean 0 and deviation 1 over the root of its group where it is known, and is 0 elsewhere', async () => {
    const { found } = fitTargets(heard(20), options, 0)
    const y = await inProgram(found, 'compared')
    for (const [d, group] of [
      [0, 64],
      [64, 320],
      [400, 117],
      [501, 64],
    ] as const) {
      const own = range(19) // the last is silence
        .filter(i => d !== 64 || i % 2 === 0)
        .map(i => y[i * TEXTURE + d] ?? 0)
      const mean = own.reduce((sum, v) => sum + v, 0) / own.length
      expect(mean).toBeCloseTo(0, 5)
      expect(own.reduce((sum, v) => sum + v * v, 0) / own.length).toBeCloseTo(1 / group, 4)
    }
    expect(y[TEXTURE + 64]).toBe(0)
  })

  test('the heaps are the clusters, in the program as before it; silence is in none', async () => {
    const far = heard(20)
    for (const i of range(20)) far.values.fill(10 * (i % 2), i * TEXTURE, i * TEXTURE + 60)
    const { found, notes } = fitTargets(far, options, 0)
    if (found.targets.of !== 'clusters') throw new Error('clusters are expected')
    expect([...found.targets.counts].sort()).toEqual([10, 9].sort())
    expect(notes).toEqual([
      '1 of 20 sounds are next to silence: they do not count',
      '2 clusters of 19 sounds; the commonest has 53 %',
    ])
    const { y = [] } = await evaluate(
      values => ({
        y: clusterOf(
          comparedTextures({ values, known: constant(Array(20 * TEXTURE).fill(1), [20, TEXTURE]).greater(0.5) }, found),
          found.targets.of === 'clusters' ? found.targets.centres : [],
        ),
      }),
      [array([20, TEXTURE], far.values)],
    )
    expect(y.map(label => Math.abs(label - (y[0] ?? 0)))).toEqual(range(20).map(i => i % 2))
  })

  test('half of the sounds lie above each threshold', async () => {
    const { found } = fitTargets(heard(20), { ...options, targets: 'bits' }, 0)
    if (found.targets.of !== 'bits') throw new Error('bits are expected')
    const y = await inProgram(found, 'bits')
    for (const k of range(3)) {
      const above = range(19).reduce((sum, i) => sum + (y[3 * i + k] ?? 0), 0)
      expect(Math.abs(above - 9.5)).toBeLessThanOrEqual(0.5)
    }
    const [first = []] = found.targets.directions
    expect(first.reduce((sum, v) => sum + v * v, 0)).toBeCloseTo(1, 5)
  })

  test('clusters are as many as told, or one for eight sounds; too few sounds are told', () => {
    const of = (clusters: number | 'auto', count = 60) =>
      fitTargets(heard(count), { ...options, clusters }, 0).found.targets
    const counted = of('auto')
    expect(counted.of === 'clusters' && counted.centres.length).toBe(7)
    expect(() => of(30, 20)).toThrow(LacunaError)
    expect(() => of(30, 20)).toThrow('30 sounds that are more than silence are needed, and there are 19 of 20')
  })
})
