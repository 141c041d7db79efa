import { renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Wanted } from '../channels/channel.js'
import { range } from '../tensor/shape.js'
import { openData } from './open-data.js'
import { placesOf, samplesIn } from './places.js'
import { plain, put, temporaryFolder, tone } from './testing.js'
import {
  type Filmed,
  firsts,
  flat,
  frame,
  framesOf,
  hasFfmpeg,
  openSmall as open,
  turnFilm,
  writeFilm,
  writeSound,
} from './video/testing.js'

test('without ffmpeg the error says how to have it, or node-av, and what needs none', async () => {
  const root = put(temporaryFolder(), { 'a.mp4': 'whatever', 'b.webm': 'whatever' })
  const { PATH } = process.env
  process.env.PATH = '/nowhere'
  try {
    await expect(open(root)).rejects.toThrow(
      /\(a\.mp4 and 1 more: needs ffmpeg: install it \(apt install ffmpeg, brew install ffmpeg or winget install ffmpeg\) or node-av \(npm install node-av\), or save its frames as numbered pictures: ffmpeg -i film\.mp4 film\/%05d\.png\)/,
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

  test('of films of several rates the note names those that are faster', async () => {
    const root = temporaryFolder()
    for (const rate of [5, 10, 12, 30]) writeFilm(join(root, `${rate}.avi`), flat(ramp(8)), { rate })
    const { notes } = await open(root)
    expect(notes[1]).toBe('2 of 4 films have more frames a second (12 to 30): 10 are taken. --fps takes more or fewer.')
    expect(notes[2]).toBe('1 of 4 films has fewer frames a second than 10: some are there twice. --fps takes fewer.')
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
