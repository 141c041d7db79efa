import { describe, expect, test } from 'vitest'
import { range } from '../tensor/shape.js'
import { sharp } from './sharp.js'
import { plain, put, temporaryFolder } from './testing.js'
import { firsts, frame, framesOf, gif, openSmall as open, pgm } from './video/testing.js'

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
