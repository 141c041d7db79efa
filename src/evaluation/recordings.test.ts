import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../data/testing.js'
import { tiny } from '../nn/audio/testing.js'
import { pretrain } from '../pretrain.js'
import { loadCheckpoint } from '../runs/checkpoint.js'
import { openRun } from '../runs/run.js'
import { openEncoder } from './encoder.js'
import { rowOf } from './features.js'
import { loudFrames, RATE, recordingsOf, spoken } from './frames/testing.js'

/** The window is 40: shorter than a frame, one frame, a window, and a little or much more. */
const lengths = [1, 6, 30, 40, 41, 44, 57, 403, 1000]
const recordings = recordingsOf(lengths)

async function opened(changes: object = {}, layer?: number) {
  const out = join(temporaryFolder(), 'run')
  await pretrain(loudFrames, recordings, { out, steps: 2, threads: 1, report: false })
  const run = openRun(out, { methods: [loudFrames] })
  const encoder = await openEncoder(run, { threads: 1, batch: 4, layer, ...changes })
  return { encoder, values: loadCheckpoint(out).values }
}

/** Every frame of a recording, by loops in float64. */
function naive(position: number, values: ReadonlyMap<string, ArrayLike<number>>, depth = 2): number[][] {
  const wave = recordings.gather([position]).sound as { values: Float32Array }
  const length = Math.max(lengths[position] ?? 0, tiny.receptiveField)
  const of = (name: string) => Array.from(values.get(`encoder.${name}`) ?? [], Number)
  const [w, b, v, c] = ['first.weight', 'first.bias', 'second.weight', 'second.bias'].map(of) as number[][]
  const frames = []
  for (let t = 0; t * tiny.hop + tiny.receptiveField <= length; t++) {
    const seen = Array.from({ length: tiny.receptiveField }, (_, i) => wave.values[t * tiny.hop + i] ?? 0)
    const row = (m: number[] | undefined, x: number[], o: number) =>
      x.reduce((sum, xi, i) => sum + xi * (m?.[o * x.length + i] ?? 0), 0)
    const first = [0, 1, 2].map(o => Math.tanh(row(w, seen, o) + (b?.[o] ?? 0)))
    frames.push(depth === 1 ? first : [0, 1, 2].map(o => row(v, first, o) + (c?.[o] ?? 0)))
  }
  return frames
}

const meanOf = (frames: number[][], o: number) => frames.reduce((sum, f) => sum + (f[o] ?? 0), 0) / frames.length
const deviation = (frames: number[][], o: number) => {
  const mean = meanOf(frames, o)
  return Math.sqrt(frames.reduce((sum, f) => sum + ((f[o] ?? 0) - mean) ** 2, 0) / frames.length)
}
const close = (found: ArrayLike<number>, expected: number[]) => {
  expect(found.length).toBe(expected.length)
  expected.forEach((value, i) => {
    expect(found[i]).toBeCloseTo(value, 5)
  })
}

test('a vector is the mean, or mean and deviation, over all frames of a recording', async () => {
  const { encoder, values } = await opened({ pool: 'mean-sd' })
  const shares: number[] = []
  const features = await encoder.embed(recordings, share => shares.push(share))
  expect([features.count, features.width, encoder.width]).toEqual([lengths.length, 6, 6])
  expect(shares).toEqual(lengths.map((_, i) => (i + 1) / lengths.length))
  for (const position of lengths.keys()) {
    const frames = naive(position, values)
    const expected = [0, 1, 2].map(o => meanOf(frames, o))
    close(rowOf(features, position), [...expected, ...[0, 1, 2].map(o => deviation(frames, o))])
  }
  await encoder.close()
})

test('of long recordings the beginning is heard where no more is wanted, in whole windows', async () => {
  const { encoder, values } = await opened({ longest: 0.8 })
  const features = await encoder.embed(recordings)
  for (const position of lengths.keys()) {
    const frames = naive(position, values).slice(0, 18) // of two windows of 40 numbers
    close(
      rowOf(features, position),
      [0, 1, 2].map(o => meanOf(frames, o)),
    )
  }
  await encoder.close()
})

test('the frames are those of the uncut recording, of a subset and an earlier layer too', async () => {
  const { encoder, values } = await opened({}, 1)
  expect(encoder.sound).toMatchObject({ hop: 4, receptiveField: 6, rate: RATE, width: 3 })
  const found = []
  for await (const frames of encoder.sound?.frames(recordings.subset([7, 0, 4])) ?? []) found.push(frames)
  expect(found.map(({ position, count }) => [position, count])).toEqual([
    [0, 100],
    [1, 1],
    [2, 9],
  ])
  for (const [i, position] of [7, 0, 4].entries()) close(found[i]?.values ?? [], naive(position, values, 1).flat())
  const features = await encoder.embed(recordings)
  close(
    rowOf(features, 8),
    [0, 1, 2].map(o => meanOf(naive(8, values, 1), o)),
  )
  await encoder.close()
})

test('an encoder with zeros around its waves makes no vector of frames that see the edge of a window', async () => {
  const { recordings } = spoken(8)
  const out = join(temporaryFolder(), 'run')
  await pretrain(loudFrames, recordings, { out, encoder: 'cpc-small', steps: 1, threads: 1, report: false })
  const encoder = await openEncoder(openRun(out, { methods: [loudFrames] }), { threads: 1, layer: 1, pool: 'mean-sd' })
  const some = recordings.subset([0, 3])
  const vectors = await encoder.embed(some)
  for await (const { position, values, count } of encoder.sound?.frames(some) ?? []) {
    expect(count).toBe(120)
    const rows = Array.from({ length: count }, (_, t) => Array.from(values.subarray(128 * t, 128 * (t + 1))))
    const expected = [meanOf, deviation].flatMap(of => Array.from({ length: 128 }, (_, o) => of(rows, o)))
    close(rowOf(vectors, position), expected)
  }
  await encoder.close()
})

test('who wants no more frames may stop', async () => {
  const { encoder } = await opened()
  for await (const { position } of encoder.sound?.frames(recordings) ?? []) if (position === 1) break
  expect((await encoder.embed(recordings.subset([3]))).count).toBe(1)
  await encoder.close()
  await expect(encoder.embedPicture('a.png')).rejects.toThrow('this encoder hears recordings and sees no pictures')
})
