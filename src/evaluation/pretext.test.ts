import { join } from 'node:path'
import { expect, test } from 'vitest'
import { memoryColumn } from '../data/columns.js'
import { picturesOf, type SampleSet } from '../data/index.js'
import { numbered, setInMemory } from '../data/memory.js'
import { memorySet, temporaryFolder } from '../data/testing.js'
import { tinyAudioEncoder } from '../nn/audio/testing.js'
import { openRun } from '../runs/run.js'
import { pretrain } from '../training/pretrain.js'
import { loudFrames, recordingsOf } from './frames/testing.js'
import { pretext, rowsOf } from './pretext.js'

const options = { encoder: 'c4-half', batch: 8, steps: 30, threads: 1 }
const split = (i: number) => (i % 3 === 2 ? 'test' : 'train')
const splits = Array.from({ length: 36 }, (_, i) => split(i))

test('the task is measured on the pictures kept for the test, beside its chance', async () => {
  const pictures = memorySet(36, splits)
  const out = join(temporaryFolder(), 'run')
  await pretrain('simclr', pictures, { ...options, out, options: { views: { jitter: 0, greyscale: 0 } } })
  pictures.gathered.length = 0
  const found = await pretext(out, pictures, { threads: 1 })
  expect(new Set(pictures.gathered.map(split))).toEqual(new Set(['test']))
  expect(found).toMatchObject({ method: 'simclr', pictures: 12, notes: [], alarms: [] })
  expect(found).not.toHaveProperty('of')
  const [loss] = found.measures
  expect(loss).toMatchObject({ name: 'loss', better: 'lower', baselines: { chance: Math.log(15) } })
  expect(loss?.value).toBeLessThan(Math.log(15))
  expect(await pretext(out, pictures, { threads: 1 })).toEqual(found)
})

test.each([
  [57, 32, 2, 57],
  [12, 8, 2, 12],
  [40, 8, 5, 40],
  [999, 8, 40, 320],
  [5, 5, 1, 5],
])(
  '%i samples in batches of %i: all are measured where there is room, none twice in a batch',
  (count, batch, batches, seen) => {
    const all = Array.from({ length: batches }, (_, step) => [...rowsOf(step, { count, batch, batches })])
    for (const rows of all) expect(new Set(rows).size).toBe(batch)
    for (const rows of all) expect(Math.max(...rows) - Math.min(...rows)).toBeGreaterThan(count * (1 - 2 / batch))
    expect(new Set(all.flat()).size).toBe(seen)
    expect(Math.max(...all.flat())).toBeLessThan(count)
  },
)

test('pictures without a test part are all used, and the answer says so', async () => {
  const pictures = memorySet(16)
  const out = join(temporaryFolder(), 'run')
  await pretrain('simclr', pictures, { ...options, steps: 1, out })
  const { pictures: seen, notes } = await pretext(out, pictures, { threads: 1 })
  expect(seen).toBe(16)
  expect(notes).toEqual([expect.stringContaining('no test part')])
})

test('pictures of another size are wrong usage', async () => {
  const pictures = memorySet(16)
  const out = join(temporaryFolder(), 'run')
  await pretrain('simclr', pictures, { ...options, steps: 1, out })
  await expect(pretext(out, picturesOf(new Uint8Array(16 * 32 * 32 * 3), { size: 32, colours: 3 }))).rejects.toThrow(
    'open the data with --size 16',
  )
})

test('recordings are measured window by window, all through', async () => {
  const recordings = recordingsOf([200, 40, 90, 300]) // of 40 numbers each: 5, 1, 2 and 7 windows
  const out = join(temporaryFolder(), 'run')
  await pretrain(loudFrames, recordings, { out, batch: 4, steps: 1, threads: 1 })
  const heard = new Set<string>()
  const as: SampleSet['as'] = (...wanted) => {
    const set = recordings.as(...wanted)
    const gather: typeof set.gather = places => {
      if ('records' in places)
        Array.from(places.records).forEach((record, i) => {
          heard.add(`${record}: ${places.from?.sound?.[i]}`)
        })
      return set.gather(places)
    }
    return { ...set, gather }
  }
  const opened = openRun(out, { methods: [loudFrames], encoders: [tinyAudioEncoder] })
  const found = await pretext(opened, { ...recordings, as })
  expect(found).toMatchObject({ pictures: 15, counted: 'windows of recordings', medium: 'audio' })
  const all = [200, 40, 90, 300].flatMap((length, record) =>
    Array.from({ length: Math.floor(length / 40) }, (_, i) => `${record}: ${40 * i}`),
  )
  expect([...heard].sort()).toEqual(all.sort())
  expect(found.notes).toEqual(['The data has no test part: it was measured on pictures that were trained on.'])
})

test('films that end before there is a frame to guess, or in which nothing moves, have no skill of 0: it is said what to do', async () => {
  const video = { kind: 'video', size: 16, colours: 1, rate: 10, length: 6 } as const
  /** A line that goes to the right by `speed` px a frame, in films of so many frames */
  const films = (frames: readonly number[], speed = 2) => {
    const pixel = (i: number) => (i % 16 === (speed * Math.floor(i / 256)) % 16 ? 220 : 30)
    const made = frames.map(count => Array.from({ length: 256 * count }, (_, i) => pixel(i)))
    return setInMemory({ video: memoryColumn(video, made) }, numbered(frames.length))
  }
  const out = join(temporaryFolder(), 'run')
  const own = { options: { frames: 3, ahead: 3, width: 32 }, encoder: 'c4-half', batch: 4, steps: 1 }
  await pretrain('next-frame', films([8, 8, 8, 8]), { ...own, out, threads: 1 })
  const measured = async (given: SampleSet) => {
    const { measures, notes, alarms } = await pretext(out, given, { threads: 1 })
    return { names: measures.map(({ name }) => name), left: notes.filter(note => note.startsWith('Left')), alarms }
  }
  const names = ['skill, 1 frame ahead', 'skill, 2 frames ahead', 'PSNR where it moves, dB', 'SSIM where it moves']
  expect(await measured(films([6, 6, 6, 6]))).toMatchObject({ names, left: [] })
  expect(await measured(films([4, 4, 3, 4]))).toMatchObject({
    names: names.filter(name => !name.includes('2')),
    left: [
      'Left out, since there was nothing to guess: skill, 2 frames ahead; the longest film has 4 frames, and the task looks at 6; give longer films, or train with fewer --frames.',
    ],
  })
  const nothing = (why: string) => ({ names: [], left: [], alarms: [`nothing could be guessed: ${why}`] })
  expect(await measured(films([3, 2, 3, 3]))).toEqual(
    nothing('the longest film has 3 frames, and the task looks at 6; give longer films, or train with fewer --frames'),
  )
  expect(await measured(films([8, 8, 8, 8], 0))).toEqual(nothing('give films with more to guess in them'))
})
