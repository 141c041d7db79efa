import { expect, test } from 'vitest'
import { layoutNotes, readLayout } from './layout.js'

function layoutOf(...names: string[]): string[] {
  return readLayout(names).map(({ label = '-', split = '-' }) => `${label} ${split}`)
}

test('first-level folders are labels', () => {
  expect(layoutOf('cat/1.png', 'cat/sub/2.png', 'dog/3.png')).toEqual(['cat -', 'cat -', 'dog -'])
})

test('a stray picture beside the folders of classes has no label, and takes none away', () => {
  expect(layoutOf('1.png', 'cat/2.png', 'dog/3.png')).toEqual(['- -', 'cat -', 'dog -'])
  expect(layoutNotes(['1.png', 'cat/2.png', 'dog/3.png'], 'image')).toEqual([
    '1 picture lies outside of the folders of classes (1.png): it has no label.',
  ])
  expect(layoutOf('train/0.png', 'train/a/1.png', 'train/b/2.png', 'test/3.png')).toEqual([
    '- train',
    'a train',
    'b train',
    '- test',
  ])
  expect(layoutNotes(['train/a/1.png', 'train/b/2.png', 'test/3.png'], 'image')).toEqual([])
})

test('a flat folder, as many pictures outside of the folders as inside, or a single folder gives no labels', () => {
  expect(layoutOf('1.png', '2.png')).toEqual(['- -', '- -'])
  expect(layoutOf('1.png', '2.png', 'cat/2.png', 'dog/3.png')).toEqual(['- -', '- -', '- -', '- -'])
  expect(layoutOf('cat/1.png', 'cat/2.png')).toEqual(['- -', '- -'])
})

test('labels lie below the folders of splits', () => {
  expect(layoutOf('train/cat/1.png', 'train/dog/2.png', 'val/cat/3.png', 'Test/dog/4.png')).toEqual([
    'cat train',
    'dog train',
    'cat validation',
    'dog test',
  ])
})

test('a flat test split does not cost the train split its labels', () => {
  expect(layoutOf('train/cat/1.png', 'train/dog/2.png', 'test/3.png')).toEqual(['cat train', 'dog train', '- test'])
})

test('a further folder beside train and test is no split and has no labels', () => {
  expect(layoutOf('train/a/1.png', 'test/b/2.png', 'unlabeled/x/3.png')).toEqual(['a train', 'b test', '- -'])
})

test('train can be the name of a class', () => {
  expect(layoutOf('train/1.png', 'bus/2.png')).toEqual(['train -', 'bus -'])
})
