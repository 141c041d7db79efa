import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { sharp } from '../src/data/sharp.js'
import { emoji, lacuna, temporary } from './lacuna.js'

const folder = temporary()
const colour = join(folder, 'colour')
const grey = join(folder, 'grey')
const mixed = join(folder, 'mixed')
const one = join(folder, 'one')
const short = ['--steps', '2', '--batch', '4']
const out = join(folder, 'run')

/** 20 colour pictures, the same in grey, and 14 of the one with 6 of the other. */
beforeAll(async () => {
  for (const made of [colour, grey, mixed, one]) mkdirSync(made)
  const names = readdirSync(emoji).slice(100, 120)
  for (const [i, name] of names.entries()) {
    copyFileSync(join(emoji, name), join(colour, name))
    await sharp(join(emoji, name)).flatten({ background: 'white' }).greyscale().toFile(join(grey, name))
    copyFileSync(join(i < 6 ? grey : colour, name), join(mixed, name))
  }
  copyFileSync(join(emoji, names[0] ?? ''), join(one, 'one.png'))
})

async function refuses(code: number, message: RegExp, ...args: string[]): Promise<void> {
  const ended = await lacuna('pretrain', ...args, '--out', out)
  expect(ended.code, ended.err).toBe(code)
  expect(ended.err.trim().split('\n').at(-1)).toMatch(message)
  expect(existsSync(out)).toBe(false)
}

test('colorization of grey pictures', () =>
  refuses(2, /needs colour pictures \(--channels 3\); all 20 looked at are grey/, 'colorization', grey, ...short))

test('colorization says at start how many pictures are grey', async () => {
  const run = join(folder, 'mixed-run')
  const settings = ['--encoder', 'c4-half', ...short, '--out', run]
  const ended = await lacuna('pretrain', 'colorization', mixed, ...settings)
  expect(ended.code, ended.err).toBe(0)
  expect(ended.out + ended.err).toMatch(/30 % of the pictures are grey and do not count/)
})

describe.each(['colorization', 'context-encoder', 'mae', 'relative-position', 'jigsaw', 'rotation'])('%s', method => {
  test('of one picture only', () => refuses(1, /1 picture to train on; at least 2 are needed/, method, one, ...short))

  test('shows one picture all the same', async () => {
    const sheet = join(folder, `${method}.png`)
    const ended = await lacuna('preview', method, one, '--out', sheet)
    expect(ended.code, ended.err).toBe(0)
    expect(existsSync(sheet)).toBe(true)
  })
})

test.each([
  ['relative-position', '12', /pictures of 12 px are too small for 3 × 3 patches with gaps; choose --size 24 or more/],
  ['jigsaw', '12', /pictures of 12 px are too small for 2 × 2 tiles; choose --size 16 or more/],
  [
    'mae',
    '30',
    /pictures of 30 px do not divide into patches of 4 px; patches of 1, 2, 3, 5, 6, 10, 15, 30 px would do/,
  ],
  ['colorization', '30', /30 px do not divide by 4: use --size 32/],
])('%s of pictures of %s px', (method, size, message) => refuses(2, message, method, colour, ...short, '--size', size))

test('a hole that is too small for the pictures', () =>
  refuses(
    2,
    /less than 4 px wide; use --size/,
    'context-encoder',
    colour,
    ...short,
    '--size',
    '8',
    '--set',
    'area=.05',
  ))
