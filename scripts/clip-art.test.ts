import { expect, test } from 'vitest'
import { captionOf, isGenerated, seriesOf } from './clip-art.js'

const drawing = (title: string, keywords: readonly string[]) => `<svg><metadata><rdf:RDF xmlns:cc="x">
  <cc:Work><dc:title>${title}</dc:title><dc:subject><rdf:Bag>${keywords.map(word => `<rdf:li>${word}</rdf:li>`).join('\n')}</rdf:Bag></dc:subject>
  <dc:publisher><cc:Agent rdf:about="y"><dc:title>Open Clip Art Library</dc:title></cc:Agent></dc:publisher>
  <dc:creator><cc:Agent> <dc:title>Dan Gerhards</dc:title></cc:Agent></dc:creator></cc:Work></rdf:RDF></metadata></svg>`

test('a caption is the name of the file, then keywords and folders that say more, without who drew it', () => {
  const apple = drawing('Apple Bitten', ['food', 'apple', 'fruit', 'Dan Gerhards', 'HASH(0x87a4bb4)'])
  expect(captionOf(apple, 'apple_bitten_dan_gerhard_01', ['food'])).toBe('apple bitten, food, fruit')
  expect(
    captionOf(drawing('Icons of 2004', ['salt &amp;#38; pepper', 'gerhards']), 'jar-2', ['food', 'unsorted']),
  ).toBe('jar, salt & pepper, food')
  expect(captionOf(drawing('Some title', ['bug']), '01_dan_', ['animals'])).toBe('01, bug, animals')
  expect(captionOf('', 'head2', ['people'])).toBe('head, people')
})

test('generated stars, and drawings of one series', () => {
  expect(isGenerated(drawing('star', ['gramastar']))).toBe(true)
  expect(isGenerated(drawing('star', ['shape']))).toBe(false)
  expect(['a/jigsaw_blue_11.png', 'a/jigsaw_blue_02.png', 'a/babe_01r.png', 'a/babe.png'].map(seriesOf)).toEqual([
    'a/jigsaw_blue',
    'a/jigsaw_blue',
    'a/babe',
    'a/babe',
  ])
})
