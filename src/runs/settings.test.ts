import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { put, temporaryFolder } from '../data/testing.js'
import { overlaid, readSettings } from './settings.js'

const written = (document: unknown) => {
  const folder = put(temporaryFolder(), {
    'mine.json': typeof document === 'string' ? document : JSON.stringify(document),
  })
  return { folder, file: join(folder, 'mine.json') }
}

test('a part of the settings, by hand; paths are meant from the folder of the file on', () => {
  const { folder, file } = written({
    $schema: './node_modules/lacuna/dist/config.schema.json',
    method: 'simclr',
    data: { source: '../photos', allowSkipped: 0.5, cache: '/cache' },
    reading: { fit: 'pad', background: 'white' },
    channels: { image: { size: 64 } },
    epochs: 5,
    learningRate: 0.002,
    options: { views: { flip: 0 } },
    weights: 'start.safetensors',
    plugins: ['./mine.js'],
  })
  expect(readSettings(file)).toEqual({
    method: 'simclr',
    source: join(folder, '..', 'photos'),
    open: { size: 64, fit: 'pad', background: 'white', allowSkipped: 0.5, cache: '/cache' },
    train: {
      epochs: 5,
      learningRate: 0.002,
      options: { views: { flip: 0 } },
      weights: join(folder, 'start.safetensors'),
      plugins: [join(folder, 'mine.js')],
    },
  })
})

describe('wrong usage, told in one line that names the file', () => {
  test.each<[unknown, string]>([
    [{ learningrate: 1 }, 'unknown "learningrate" (did you mean learningRate?)'],
    [{ data: { sorce: 'photos' } }, 'data: unknown "sorce" (did you mean source?)'],
    [{ size: 64 }, 'unknown "size"'],
    [{ channels: { image: { sise: 64 } } }, 'channels.image: unknown "sise" (did you mean size?)'],
    [{ channels: { image: { size: 'many' } } }, 'channels.image.size (--size) must be a whole number of pixels'],
    [{ reading: { fitt: 'pad' } }, 'reading: unknown "fitt" (did you mean fit?)'],
    [{ learningRate: -1 }, 'learningRate (--lr) must be a rate above 0, not -1'],
    [{ reading: { fit: 'stretch' } }, 'reading.fit (--fit) must be crop, pad or squash, not "stretch"'],
    [{ reading: { range: { low: 5, high: 1 } } }, 'reading.range (--range) must be auto or two numbers'],
    [{ reading: 'pad' }, 'reading: '],
    [{ version: 2 }, 'version: '],
    [[], 'expected object'],
    ['{"seed": 1', 'no JSON: '],
  ])('%j', (document, says) => {
    const { file } = written(document)
    const read = () => readSettings(file)
    expect(read).toThrow(expect.objectContaining({ name: 'LacunaError', exitCode: 2 }))
    expect(read).toThrow(`${file}: `)
    expect(read).toThrow(says)
    expect(read).toThrow(/^[^\n]*$/)
  })

  test('a file that is not there', () => {
    const nowhere = join(temporaryFolder(), 'nowhere.json')
    expect(() => readSettings(nowhere)).toThrow(`--config ${nowhere}: no such file`)
  })
})

describe('what is said beside a file has the last word', () => {
  const file = {
    method: 'simclr',
    source: '/photos',
    open: { size: 64 },
    train: { steps: 100, seed: 3, options: { temperature: 0.2, views: { flip: 0, jitter: 1 } } },
  }

  test('setting by setting, also within the options of the method', () => {
    const over = { open: { size: 32 }, train: { seed: 4, options: { views: { flip: 1 } } } }
    expect(overlaid(file, over)).toEqual({
      method: 'simclr',
      source: '/photos',
      open: { size: 32 },
      train: { steps: 100, seed: 4, options: { temperature: 0.2, views: { flip: 1, jitter: 1 } } },
    })
  })

  test('epochs are said in place of steps, steps in place of epochs', () => {
    expect(overlaid(file, { open: {}, train: { epochs: 2 } }).train).toMatchObject({ epochs: 2 })
    expect(overlaid(file, { open: {}, train: { epochs: 2 } }).train).not.toHaveProperty('steps')
    const epochs = { ...file, train: { epochs: 2 } }
    expect(overlaid(epochs, { open: {}, train: { steps: 5 } }).train).toEqual({ steps: 5, options: {} })
  })

  test('another method has none of the options', () => {
    expect(overlaid(file, { method: 'mae', open: {}, train: {} }).train.options).toEqual({})
  })
})
