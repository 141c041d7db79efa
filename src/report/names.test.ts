import { expect, test } from 'vitest'
import { shortName } from './names.js'

test('a name is whole where it is short, and else loses its folder, its ending, its middle', () => {
  expect(shortName('cats/01.png')).toBe('cats/01.png')
  expect(shortName('train/animals/cats/0017.png')).toBe('0017.png')
  expect(shortName('a/long-name-of-18-ch.jpeg')).toBe('long-name-of-18-ch')
  expect(shortName('1f9d1-1f3fb-200d-1f680.png')).toBe('1f9d1-1f…00d-1f680')
  expect([...shortName('🦊'.repeat(40))]).toHaveLength(18)
})
