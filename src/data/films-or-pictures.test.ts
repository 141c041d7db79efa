import { expect, test } from 'vitest'
import { kindsHeld, openData } from './open-data.js'
import { put, temporaryFolder } from './testing.js'
import { gif } from './video/testing.js'

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
