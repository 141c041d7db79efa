import { expect, test } from 'vitest'
import type { RunConfig } from '../assembly/config.js'
import { image } from '../channels/channel.js'
import { batchPositions, picturesOf, plainReading } from '../data/index.js'
import { temporaryFolder } from '../data/testing.js'
import { LacunaError } from '../errors.js'
import { warmupCosine } from '../optim/schedules.js'
import { type DrawSpec, drawFeeds, drawValues } from '../program/draws.js'
import { readMetrics, writeMetrics } from '../runs/metrics.js'
import { train } from './loop.js'
import type { LoadedStep } from './stepper.js'

const COUNT = 10

const noise: DrawSpec = { name: 'draw.0', shape: [4], dtype: 'float', drawing: { kind: 'normal' } }
const order: DrawSpec = { name: 'draw.1', shape: [2, 3], dtype: 'int', drawing: { kind: 'permutation', n: 3 } }

/** Each picture is one byte, its own number. */
const pictures = picturesOf(
  Uint8Array.from({ length: COUNT }, (_, i) => i),
  { size: 1, colours: 1 },
)

const configOf = (steps: number): RunConfig => ({
  version: 3,
  method: 'simclr',
  options: {},
  encoder: 'c4',
  channels: pictures.channels,
  reading: plainReading,
  data: { source: '/memory', records: COUNT, fingerprint: 'numbers' },
  batch: 4,
  steps,
  seed: 5,
  optimiser: 'adamw',
  learningRate: 6.4, // 0.1 for a batch of 4
  weightDecay: 0,
  warmup: 3 / steps,
  products: 'fp32',
  clip: 0,
  device: 'cpu',
})

/** Runs the loop on a step whose loss at each step is given; tells what it was fed, and when it was saved. */
function looped(steps: number, lossAt: (step: number) => number, from = 0, directory = temporaryFolder()) {
  const fed: Parameters<LoadedStep['take']>[] = []
  const saved: number[] = []
  const stepping: LoadedStep = {
    draw: drawKey => drawFeeds([noise, order], 'float32', drawKey),
    async take(...given) {
      fed.push(given)
      return { loss: Float32Array.of(lossAt(from + fed.length - 1)), accuracy: Float32Array.of(0.5) }
    },
  }
  const config = configOf(steps)
  const task = {
    runner: { busy: 0 },
    stepping,
    config,
    chance: 2,
    viewsPerSample: 2,
    samples: pictures,
    reads: { image: image() },
    from,
    save: async (at: number) => {
      saved.push(at)
      return []
    },
    lines: readMetrics(directory, from),
    folder: { directory, write: async (_: unknown, work: (place: string) => void) => work(directory) },
  }
  return { directory, fed, saved, config, ended: train(task) }
}

test('each step is given its batch, rate, number, progress and draws, also after a resume', async () => {
  for (const from of [0, 7]) {
    const { fed, config, saved, ended } = looped(12, () => 1, from)
    expect(await ended).toBe(12)
    expect(saved).toEqual([12])
    const rate = warmupCosine({ peak: 0.1, warmupSteps: 3, totalSteps: 12 })
    expect(fed).toEqual(
      [...Array(12).keys()].slice(from).map(step => [
        {
          'draw.0': Float32Array.from(drawValues(noise, { seed: 5, step })),
          'draw.1': BigInt64Array.from(drawValues(order, { seed: 5, step }), BigInt),
          image: Uint8Array.from(batchPositions(COUNT, config.batch, config.seed, step)),
        },
        { learningRate: [rate(step)], step: [step], progress: [step / 12] },
        { seed: 5, step },
      ]),
    )
  }
})

test('a long run writes about 400 lines, each the mean over the steps since the one before', async () => {
  const { directory, ended } = looped(1200, step => step / 64)
  await ended
  const lines = readMetrics(directory)
  // on a slow machine there are more, one every half second
  expect(lines.map(({ step }) => step)).toEqual(expect.arrayContaining([...Array(400).keys()].map(i => 3 * i + 3)))
  for (const [i, { step, epoch, loss, accuracy, chance }] of lines.entries()) {
    const before = lines[i - 1]?.step ?? 0
    expect(loss).toBeCloseTo((before + step - 1) / 128, 12) // of the steps from `before` on, counted from 0
    expect([epoch, accuracy, chance]).toEqual([step / 2, 0.5, 2]) // two whole batches of 4 in 10 pictures
  }
})

test('lines after the step that a run goes on from are written anew, and the clock goes on', async () => {
  const { directory, ended } = looped(6, () => 1)
  await ended
  const old = readMetrics(directory).map(line => ({ ...line, seconds: 100 * line.step }))
  writeMetrics(directory, old)
  await looped(6, () => 2, 4, directory).ended
  const lines = readMetrics(directory)
  expect(lines.map(({ step, loss }) => [step, loss])).toEqual([
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 1],
    [5, 2],
    [6, 2],
  ])
  for (const { seconds } of lines.slice(4)) expect(Math.floor(seconds)).toBe(400)
})

test.each([Number.NaN, Number.POSITIVE_INFINITY])('a loss of %d ends it without a save', async bad => {
  const { directory, saved, fed, ended } = looped(9, step => (step === 4 ? bad : 1))
  await expect(ended).rejects.toThrow(
    new LacunaError(
      `${directory}: diverged at step 4: the loss is no number any more; nothing was saved: run the same command again, without --resume, with a lower --lr or --clip 1`,
    ),
  )
  expect(saved).toEqual([])
  expect(fed).toHaveLength(5)
  expect(readMetrics(directory).map(({ step }) => step)).toEqual([1, 2, 3, 4])
})
