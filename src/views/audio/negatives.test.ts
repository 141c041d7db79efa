import { describe, expect, test } from 'vitest'
import { array, evaluate, randomArray } from '../../engine/testing.js'
import { draw } from '../../program/trace.js'
import { range } from '../../tensor/shape.js'
import { fixedDraw } from '../testing.js'
import { drawnFromBatch, drawnFromOwn } from './negatives.js'

const lengths = (...frames: number[]) => array([frames.length], frames)

describe('from the same recording', () => {
  const timesOf = async (frames: number[], length: number, count: number, of = draw) =>
    (await evaluate(frames => ({ times: drawnFromOwn(of, frames, length, count) }), [lengths(...frames)])).times ?? []

  test('each frame has so many of the others that are there, never itself, and padding has none', async () => {
    const [frames, length, count] = [[7, 2, 5, 1, 0], 7, 20]
    const times = await timesOf(frames, length, count)
    for (const [n, there] of frames.entries())
      for (const t of range(length)) {
        const row = times.slice((n * length + t) * length, (n * length + t + 1) * length)
        expect(row[t]).toBe(0)
        expect(row.reduce((sum, x) => sum + x, 0)).toBe(t < there && there > 1 ? count : 0)
        expect(row.slice(there).every(x => x === 0)).toBe(true)
      }
  })

  test('each of the others is as likely', async () => {
    const recordings = 4000
    const times = await timesOf(Array(recordings).fill(5), 5, 3)
    const counts = range(5).map(s => range(recordings).reduce((sum, n) => sum + (times[(n * 5 + 2) * 5 + s] ?? 0), 0))
    expect(counts[2]).toBe(0)
    // 12,000 draws among 4: 3000 each, and a standard deviation of 47
    for (const s of [0, 1, 3, 4]) expect(Math.abs((counts[s] ?? 0) - 3000)).toBeLessThan(200)
  })

  test('the largest share is the frame before, not the frame itself', async () => {
    const times = await timesOf([3], 4, 2, fixedDraw(1))
    expect(times).toEqual([0, 0, 2, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0])
  })

  test('padding changes nothing', async () => {
    const short = await timesOf([3, 2], 3, 5)
    const long = await timesOf([3, 2], 8, 5)
    for (const n of range(2))
      for (const t of range(8))
        for (const s of range(8))
          expect(long[(n * 8 + t) * 8 + s]).toBe(t < 3 && s < 3 ? short[(n * 3 + t) * 3 + s] : 0)
  })
})

describe('from the batch', () => {
  const latents = randomArray([3, 4, 2])
  const frames = [4, 1, 2]
  /** 0 … 6, in order of what is there: recording, frame */
  const there = frames.flatMap((count, n) => range(count).map(t => [n, t] as const))

  test.each(there.map(([n, t], place) => [place, n, t] as const))('place %i is frame %i, %i', async (place, n, t) => {
    const share = (place + 0.5) / there.length
    const { candidates, times } = await evaluate(
      (latents, frames) => ({ ...drawnFromBatch(fixedDraw(share), frames, latents, 1) }),
      [latents, lengths(...frames)],
    )
    const frame = latents.values.slice((n * 4 + t) * 2, (n * 4 + t + 1) * 2)
    expect(candidates).toEqual([...frame, ...frame, ...frame])
    for (const m of range(3))
      for (const s of range(4)) expect(times?.[m * 4 + s]).toBe(s < (frames[m] ?? 0) && !(m === n && s === t) ? 1 : 0)
  })

  test('each that is there is as likely', async () => {
    const { candidates } = await evaluate(
      (latents, frames) => ({ ...drawnFromBatch(draw, frames, latents, 4000) }),
      [latents, lengths(...frames)],
    )
    for (const [n, t] of there) {
      const first = latents.values[(n * 4 + t) * 2]
      const count = range(12_000).filter(i => candidates?.[2 * i] === first).length
      // 12,000 draws among 7: 1714 each, and a standard deviation of 38
      expect(Math.abs(count - 12_000 / 7)).toBeLessThan(160)
    }
  })
})
