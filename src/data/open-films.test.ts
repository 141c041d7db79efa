import { renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Wanted } from '../channels/channel.js'
import { range } from '../tensor/shape.js'
import { kindsHeld, openData } from './open-data.js'
import { openFilms } from './open-films.js'
import { placesOf, samplesIn } from './places.js'
import { sharp } from './sharp.js'
import { plain, put, temporaryFolder, tone } from './testing.js'
import type { FilmOptions, SampleSet } from './types.js'
import { flat, hasFfmpeg, pgm, turnFilm, writeFilm, writeSound } from './video/testing.js'

const open = (root: string, options: FilmOptions = {}) =>
  openFilms(root, { cache: `${root}-cache`, size: 16, channels: 1, ...options })

type Filmed = { readonly video: Wanted<'video'> }

/** All frames of a record, [frames][pixels]. */
function framesOf(set: SampleSet<Filmed>, position = 0): number[][] {
  const length = set.lengthOf('video', position)
  const { channels } = set
  const { values, lengths } = set.as<Filmed>({ video: { ...channels.video, length } }).gather([position]).video
  expect([...lengths]).toEqual([length])
  const pixels = values.length / length
  return range(length).map(t => [...values.subarray(t * pixels, (t + 1) * pixels)])
}
const firsts = (set: SampleSet<Filmed>, position = 0) => framesOf(set, position).map(([value]) => value)

const frame = (t: number) => range(256).map(i => (i * 5 + t * 31) % 256)
const folderOf = (count: number, name = (t: number) => `${t}`) =>
  Object.fromEntries(range(count).map(t => [`${name(t)}.pgm`, pgm(16, 16, frame(t))]))
const inside = (folder: string, files: Record<string, Buffer>) =>
  Object.fromEntries(Object.entries(files).map(([name, file]) => [`${folder}/${name}`, file]))

describe('numbered pictures', () => {
  test('each folder of them is a film, to the last bit, labelled by the folder above', async () => {
    const root = put(temporaryFolder(), {
      ...inside('jump/one', folderOf(12)),
      ...inside(
        'walk/two',
        folderOf(9, t => `w${`${t + 3}`.padStart(3, '0')}`),
      ),
      'walk/two.txt': 'no film',
    })
    const set = await open(root)
    expect(set.items).toEqual([
      { name: 'jump/one', label: 'jump', group: 'jump/one', split: undefined },
      { name: 'walk/two', label: 'walk', group: 'walk/two', split: undefined },
    ])
    expect(set.channels).toEqual({ video: { kind: 'video', size: 16, colours: 1, rate: 10, length: 12 } })
    expect(framesOf(set, 0)).toEqual(range(12).map(frame))
    expect(framesOf(set, 1)).toEqual(range(9).map(frame))
    expect(set.notes).toEqual([
      '2 films, 2.1 s in all, 21 frames at 10 a second.',
      '2 of 2 films are of numbered pictures, which say nothing of time: taken as 10 a second. --fps says it otherwise.',
    ])
    expect((await open(root, { fps: 25 })).channels.video.rate).toBe(25)
  })

  test('PNG and JPEG are read as pictures are; a cover is left out, and a missing frame is told', async () => {
    const png = async (grey: number) => plain([grey], 16)
    const root = put(temporaryFolder(), {
      'a1.png': await png(10),
      'a2.png': await png(60),
      'a4.png': await png(200),
      'a5.png': await png(90),
      'cover.png': await png(1),
    })
    const set = await open(root)
    expect(set.items.map(({ name }) => name)).toEqual(['a%01d.png'])
    expect(firsts(set)).toEqual([10, 60, 200, 90])
    expect(set.notes.slice(0, 2)).toEqual([
      '1 picture is no frame of a film, since no other has the same name but for its number (cover.png): left out.',
      '1 film lacks frames by their numbers (a%01d.png: 1): those that are there follow each other.',
    ])
  })

  test('what is no film is skipped with the reason, and a broken frame ends its film', async () => {
    const root = put(temporaryFolder(), {
      ...inside('whole', folderOf(5)),
      ...inside('still', Object.fromEntries(range(4).map(t => [`${t}.pgm`, pgm(16, 16, frame(1))]))),
      ...inside('torn', { ...folderOf(5), '3.pgm': Buffer.from('P5 16 16 255\n12') }),
      ...inside('broken', { ...folderOf(3), '0.pgm': Buffer.from('P5 16') }),
    })
    const set = await open(root)
    expect(set.items.map(({ name }, i) => [name, set.lengthOf('video', i)])).toEqual([
      ['torn', 3],
      ['whole', 5],
    ])
    expect(set.skipped).toEqual([
      { name: 'broken', reason: 'is damaged or truncated' },
      { name: 'still', reason: 'has 4 frames, all the same: it shows one picture' },
    ])
    expect(set.notes).toContain('1 of 2 films is damaged: taken as far as it goes.')
  })
})

/** Frames of one grey value each, shown for so many milliseconds. */
const gif = (values: readonly number[], delay: number[]) =>
  sharp(Buffer.concat(values.map(value => Buffer.alloc(3 * 64, value))), {
    raw: { width: 8, height: 8 * values.length, channels: 3, pageHeight: 8 },
  })
    .gif({ delay, loop: 0 })
    .toBuffer()

describe('animations need no ffmpeg', () => {
  test('a GIF whose frames last differently is seen at even times', async () => {
    const root = put(temporaryFolder(), { 'a.gif': await gif([0, 80, 160, 240], [100, 300, 100, 200]) })
    const set = await open(root, { fps: 10, size: 8 })
    expect(firsts(set)).toEqual([0, 80, 80, 80, 160, 240, 240])
  })

  test('of a faster one as many frames are taken as are asked for, ten a second unless told', async () => {
    const values = range(20).map(t => 12 * t)
    const root = put(temporaryFolder(), { 'a.gif': await gif(values, Array(20).fill(50)) })
    const set = await open(root, { size: 8 })
    expect(set.channels.video.rate).toBe(10)
    expect(firsts(set)).toEqual(range(10).map(t => 24 * t))
    expect((await open(root, { size: 8, fps: 20 })).lengthOf('video', 0)).toBe(20)
  })

  test('a wide one in grey lies on the grey of its background', async () => {
    const wide = { width: 16, height: 8 * 2, channels: 3, pageHeight: 8 } as const
    const bytes = await sharp(Buffer.concat([0, 99].map(value => Buffer.alloc(3 * 128, value))), { raw: wide })
      .gif({ delay: [100, 100] })
      .toBuffer()
    const options = { size: 8, fit: 'pad', background: '#ff0000', channels: 1 } as const
    expect(firsts(await open(put(temporaryFolder(), { 'a.gif': bytes }), options))).toEqual([54, 54])
  })

  test('one that stands still is told so', async () => {
    const root = put(temporaryFolder(), { 'a.gif': await gif([9], [100]), 'b.gif': await gif([0, 99], [100, 100]) })
    const { skipped } = await open(root, { size: 8 })
    expect(skipped).toEqual([{ name: 'a.gif', reason: 'is a picture that stands still: it is no film' }])
  })
})

test('films are meant by their names: where nothing but animations lies beside them, and for sound where no recording does', async () => {
  const heldBy = (names: readonly string[], kinds: readonly ('image' | 'audio')[] = ['image']) =>
    kindsHeld(put(temporaryFolder(), Object.fromEntries(names.map(name => [name, '']))), kinds)
  expect(await heldBy(['a.mp4', 'b/c.webm', 'b/d.gif', '.cover.png'])).toEqual(['video'])
  expect(await heldBy(['a.gif', 'b.webp'])).toEqual(['image'])
  expect(await heldBy(['a.mp4', 'b/cover.png'])).toEqual(['image'])
  expect(await heldBy(['a.mp4', 'b/cover.png'], ['image', 'audio'])).toEqual(['video', 'audio'])
  expect(await heldBy(['a.mp4', 'b/cow.png', 'b/cow.ogg'], ['image', 'audio'])).toEqual(['image', 'audio'])
  expect(await heldBy(['cow.png', 'cat.ogg'], ['image', 'audio'])).toEqual(['image', 'audio'])
})

test('films have captions by files of the same name', async () => {
  const root = put(temporaryFolder(), {
    'walk/a.gif': await gif([0, 80], [100, 100]),
    'walk/a.txt': 'somebody walks',
    'jump/b.gif': await gif([0, 90], [100, 100]),
    'jump/b.txt': 'somebody jumps',
    'jump/c.gif': await gif([0, 99], [100, 100]),
  })
  const set = await openData(root, { kinds: ['video', 'text'], size: 8, channels: 1, cache: `${root}-cache` })
  expect(set.items.map(({ name, label }) => [name, label])).toEqual([
    ['jump/b.gif', 'jump'],
    ['walk/a.gif', 'walk'],
  ])
  expect(set.textsOf('text', 1)).toEqual(['somebody walks'])
  expect(set.lengthOf('video', 0)).toBe(2)
  expect(set.notes[0]).toBe('1 picture has no caption (jump/c.gif): left out.')
})

test('without ffmpeg the error says how to have it, and what needs none', async () => {
  const root = put(temporaryFolder(), { 'a.mp4': 'whatever', 'b.webm': 'whatever' })
  const { PATH } = process.env
  process.env.PATH = '/nowhere'
  try {
    await expect(open(root)).rejects.toThrow(
      /\(a\.mp4 and 1 more: needs ffmpeg: install it \(apt install ffmpeg, brew install ffmpeg or winget install ffmpeg\), or save its frames as numbered pictures: ffmpeg -i film\.mp4 film\/%05d\.png\)/,
    )
  } finally {
    process.env.PATH = PATH
  }
})

/** A wave as an input of ffmpeg, 16,000 numbers a second. */
function soundIn(root: string, wave: Float32Array): string[] {
  const file = join(root, 'sound.raw')
  writeFileSync(
    file,
    Int16Array.from(wave, value => Math.round(32_767 * value)),
  )
  return ['-f', 's16le', '-ar', '16000', '-ac', '1', '-i', file]
}

describe.skipIf(!hasFfmpeg)('through ffmpeg', () => {
  const ramp = (count: number, step = 10) => range(count).map(t => 5 + step * t)

  test('frames are read to the last bit at the rate of the film', async () => {
    const root = temporaryFolder()
    writeFilm(join(root, 'a.mkv'), range(7).map(frame), { rate: 5 })
    const set = await open(root)
    expect(set.channels.video.rate).toBe(5)
    expect(framesOf(set)).toEqual(range(7).map(frame))
  })

  test('of a faster film every third frame is seen', async () => {
    const root = temporaryFolder()
    writeFilm(join(root, 'a.avi'), flat(ramp(24)), { rate: 30 })
    const set = await open(root)
    const seen = firsts(set)
    expect([set.channels.video.rate, seen.length]).toEqual([10, 8])
    for (const t of range(7)) expect((seen[t + 1] ?? 0) - (seen[t] ?? 0)).toBe(30)
    expect(set.notes[1]).toBe('1 of 1 films has more frames a second (30): 10 are taken. --fps takes more or fewer.')
  })

  test('a film whose rate changes is seen at even times, by when each frame is shown', async () => {
    const root = temporaryFolder()
    const times = "setpts='if(lt(N,4),N/10,0.4+(N-4)/5)/TB'"
    writeFilm(join(root, 'a.mkv'), flat(ramp(7)), {}, ['-vf', times, '-fps_mode', 'vfr', '-c:v', 'ffv1'])
    const seen = firsts(await open(root, { fps: 10 }))
    expect(seen.slice(0, 9)).toEqual([5, 15, 25, 35, 45, 45, 55, 55, 65])
  })

  test('a film of odd sizes that lies on its side is turned upright before its middle is cut out', async () => {
    const root = temporaryFolder()
    // bright on the left; turned by a quarter the bright side lies above or below
    const wide = (t: number) => range(47 * 21).map(i => (i % 47 < 23 ? 220 : 20) + t)
    const lossy = ['-c:v', 'mpeg4', '-q:v', '1']
    writeFilm(join(root, 'plain.mp4'), range(5).map(wide), { width: 47, height: 21 }, lossy)
    turnFilm(join(root, 'plain.mp4'), join(root, 'turned.mp4'))
    const set = await open(root, { fit: 'squash' })
    const [flatFrame = [], turned = []] = [framesOf(set, 0)[2], framesOf(set, 1)[2]]
    const half = (values: number[], part: (i: number) => boolean) => {
      const own = values.filter((_, i) => part(i))
      return own.reduce((a, b) => a + b, 0) / own.length
    }
    const apart = (values: number[], part: (i: number) => boolean) => half(values, part) - half(values, i => !part(i))
    expect(apart(flatFrame, i => i % 16 < 8)).toBeGreaterThan(150)
    expect(Math.abs(apart(turned, i => i % 16 < 8))).toBeLessThan(20)
    expect(Math.abs(apart(turned, i => i < 128))).toBeGreaterThan(150)
    expect(set.notes).not.toContain(expect.stringContaining('cut to the middle'))
  })

  test('the middle of a wide film is cut out, or all of it is kept on a background', async () => {
    const root = temporaryFolder()
    const wide = (t: number) => range(64 * 32).map(i => (i % 64 < 16 || i % 64 >= 48 ? 250 : 60 + t))
    writeFilm(join(root, 'a.mkv'), range(4).map(wide), { width: 64, height: 32 })
    const cut = framesOf(await open(root))[0] ?? []
    expect(Math.max(...cut.filter((_, i) => i % 16 > 1 && i % 16 < 14))).toBeLessThan(75)
    const whole = framesOf(await open(root, { fit: 'pad', background: '#000000' }))[0] ?? []
    expect([whole.slice(0, 64), whole.slice(192)]).toEqual([Array(64).fill(0), Array(64).fill(0)])
    expect(whole[130]).toBeGreaterThan(200)
  })

  test('pixels that are not square are made so first', async () => {
    const root = temporaryFolder()
    const half = (t: number) => range(16 * 32).map(i => (i % 16 < 8 ? 200 : 40) + t)
    writeFilm(join(root, 'a.mkv'), range(4).map(half), { width: 16, height: 32 }, ['-vf', 'setsar=2', '-c:v', 'ffv1'])
    const set = await open(root)
    expect(set.notes.some(note => note.includes('not square'))).toBe(false)
    const [first = []] = framesOf(set)
    expect(range(16).every(row => (first[16 * row + 2] ?? 0) > 190 && (first[16 * row + 13] ?? 99) < 50)).toBe(true)
  })

  test('a broken end is left away; what is no film is skipped with the reason', async () => {
    const root = temporaryFolder()
    writeFilm(join(root, 'whole.avi'), range(30).map(frame))
    writeFilm(join(root, 'torn.avi'), range(30).map(frame))
    truncateSync(join(root, 'torn.avi'), 9000)
    put(root, { 'photo.mp4': await plain([100, 20, 30], 16), 'text.mkv': 'not a film at all', 'empty.webm': '' })
    writeSound(join(root, 'song.m4a'), tone(440, 1))
    renameSync(join(root, 'song.m4a'), join(root, 'song.mp4'))
    const set = await open(root, { allowSkipped: 1 })
    const length = Object.fromEntries(set.items.map(({ name }, i) => [name, set.lengthOf('video', i)]))
    expect(length['whole.avi']).toBe(30)
    expect(length['torn.avi']).toBeGreaterThan(5)
    expect(length['torn.avi']).toBeLessThan(30)
    const torn = set.items.findIndex(({ name }) => name === 'torn.avi')
    expect(framesOf(set, torn)[3]).toEqual(frame(3))
    const reasons = Object.fromEntries(set.skipped.map(({ name, reason }) => [name, reason]))
    expect(Object.keys(reasons).sort()).toEqual(['empty.webm', 'photo.mp4', 'song.mp4', 'text.mkv'])
    expect(reasons['empty.webm']).toBe('is empty')
    expect(reasons['photo.mp4']).toMatch(/^has (one frame|no frame)/)
    expect(reasons['song.mp4']).toBe('is a recording: it has sound and no film')
    expect(reasons['text.mkv']).toMatch(/^cannot be decoded by ffmpeg: /)
  })

  test('sound that starts later lies where it is heard, to the number', async () => {
    const root = temporaryFolder()
    const click = Float32Array.from({ length: 16_000 }, (_, i) => (i === 8000 ? 0.9 : i % 2 ? 0.001 : -0.001))
    const late = ['-itsoffset', '0.5', ...soundIn(root, click), '-c:v', 'ffv1', '-c:a', 'pcm_s16le']
    const flash = flat(range(20).map(t => (t === 10 ? 250 : 20 + t)))
    writeFilm(join(root, 'a.mkv'), flash, {}, late)
    writeFilm(join(root, 'silent.mkv'), flash)
    const set = await openData(root, {
      ...{ kinds: ['video', 'audio'], cache: `${root}-cache`, size: 16, channels: 1, allowSkipped: 1 },
    })
    expect(set.items.map(({ name }) => name)).toEqual(['a.mkv'])
    expect(set.skipped.map(({ name, reason }) => [name, reason])).toEqual([['silent.mkv', 'its film: has no sound']])
    const whole = set.as<Filmed & { audio: Wanted<'audio'> }>({
      video: { kind: 'video', size: 16, colours: 1, rate: 10, length: 20 },
      audio: { kind: 'audio', rate: 16_000, length: 24_000 },
    })
    const { video, audio } = whole.gather([0])
    const bright = range(20).filter(t => (video.values[t * 256] ?? 0) > 200)
    const loudest = audio.values.reduce((best, value, i) => (value > (audio.values[best] ?? 0) ? i : best), 0)
    expect([bright, loudest]).toEqual([[10], 16_000])
  })

  test('where pictures are wanted a frame of the film stands for them, and sound is that around it', async () => {
    const root = temporaryFolder()
    const sound = soundIn(
      root,
      Float32Array.from({ length: 160_000 }, (_, i) => i / 320_000),
    )
    const films = flat(range(100).map(t => 2 * t))
    writeFilm(join(root, 'a.mkv'), films, {}, [...sound, '-c:v', 'ffv1', '-c:a', 'pcm_s16le'])
    const set = await openData(join(root, 'a.mkv'), {
      ...{ kinds: ['image', 'audio'], cache: `${root}-cache`, size: 16, channels: 1 },
    })
    const reads = { image: { kind: 'image' }, sound: { kind: 'audio', seconds: 1, with: 'image' } } as const
    const seen = set.as<{ image: Wanted<'image'>; sound: Wanted<'audio'> }>({
      image: { kind: 'image', size: 16, colours: 1 },
      sound: { kind: 'audio', rate: 16_000, length: 16_000 },
    })
    expect(samplesIn(seen, reads)).toBeGreaterThanOrEqual(8)
    const train = seen.subset([0, 1, 2])
    for (const step of range(5)) {
      const { image, sound } = train.gather(placesOf(train, reads, 3, { seed: 1, step }))
      for (const i of range(3)) {
        const at = ((image[i * 256] ?? 0) / 2 + 0.5) / 10 // seconds into the film
        const middle = 320_000 * (sound.values[16_000 * i + 8000] ?? 0)
        const begins = 320_000 * (sound.values[16_000 * i] ?? 0)
        // in the middle, but where the block of the film begins or ends
        expect(Math.abs(middle / 16_000 - at)).toBeLessThan(0.52)
        expect(begins / 16_000).toBeGreaterThan(-0.01)
      }
    }
  })
})
