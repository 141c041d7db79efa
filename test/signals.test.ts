import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { readMetrics } from '../src/index.js'
import { emoji, lacuna, main, start, temporary } from './lacuna.js'

const folder = temporary()
const pictures = join(folder, 'pictures')
const labelled = join(folder, 'labelled')
const run = join(folder, 'run')
const small = ['--size', '16', '--encoder', 'c4-half', '--batch', '16']

beforeAll(async () => {
  mkdirSync(pictures)
  const names = readdirSync(emoji).slice(0, 64)
  for (const name of names) copyFileSync(join(emoji, name), join(pictures, name))
  for (const part of ['a', 'b']) {
    mkdirSync(join(labelled, part), { recursive: true })
    for (const name of names.slice(part === 'a' ? 0 : 32, part === 'a' ? 32 : 64))
      copyFileSync(join(emoji, name), join(labelled, part, name))
  }
  const ended = await lacuna('pretrain', 'rotation', pictures, '--out', run, ...small, '--steps', '2', '--no-report')
  expect(ended.code, ended.err).toBe(0)
})

const until = async (condition: () => boolean) => {
  while (!condition()) await wait(20)
}
/** No stack, no abort of the C++ runtime, no half-written file */
const calm = (err: string) => expect(err).not.toMatch(/terminate called|Napi|\n +at |unexpected/)
const torn = (path: string): string[] =>
  readdirSync(path, { recursive: true, encoding: 'utf8' }).filter(name => /\.part$|lock\.json$/.test(name))

describe('a training that hears two signals saves once and ends with 130', () => {
  for (const [first, second, milliseconds] of [
    ['SIGINT', 'SIGINT', 60],
    ['SIGINT', 'SIGINT', 150],
    ['SIGHUP', 'SIGTERM', 100],
    ['SIGTERM', 'SIGHUP', 400],
  ] as const)
    test(`${first} and after ${milliseconds} ms ${second}`, async () => {
      const out = join(folder, `${first}-${second}-${milliseconds}`)
      const { child, ended } = start('pretrain', 'rotation', pictures, '--out', out, ...small, '--steps', '100000')
      await until(() => readMetrics(out).length > 0)
      child.kill(first)
      await wait(milliseconds)
      child.kill(second)
      const { code, out: said, err } = await ended
      expect(code, err).toBe(130)
      expect(said).toMatch(/Stopped and saved after \d+ of 100000 steps/)
      calm(err)
      expect(existsSync(join(out, 'checkpoint', 'state.safetensors'))).toBe(true)
      expect(torn(out)).toEqual([])
    })
})

describe('other commands end with 130 and one line', () => {
  for (const [name, ...args] of [
    ['evaluate', run, labelled, '--seeds', '50'],
    ['embed', run, labelled, '--out', join(folder, 'v.npy'), '--batch', '1'],
    ['preview', 'rotation', labelled, '--out', join(folder, 'sheet.png')],
    ['doctor'],
  ] as const)
    for (const pause of [0, 100])
      test(`${name}, two signals ${pause} ms apart`, async () => {
        const { child, ended } = start(name, ...args)
        await wait(1500)
        child.kill('SIGINT')
        await wait(pause)
        child.kill('SIGINT')
        const { code, err } = await ended
        if (code === 0) return // it was done before
        expect(code, err).toBe(130)
        expect(err.match(/interrupted/g)).toHaveLength(1)
        calm(err)
        expect(torn(folder)).toEqual([])
      })

  test('evaluate is not done before', async () => {
    const { child, ended } = start('evaluate', run, labelled, '--seeds', '500')
    await wait(3000)
    child.kill('SIGTERM')
    expect((await ended).code).toBe(130)
    expect(existsSync(join(run, 'evaluation.json'))).toBe(false)
  })
})

test('decoding that is interrupted ends with 130 and one line', async () => {
  const { child, ended } = start(
    ...[
      'preview',
      'rotation',
      emoji,
      '--size',
      '128',
      '--cache',
      join(folder, 'cache'),
      '--out',
      join(folder, 's.png'),
    ],
  )
  await until(() => existsSync(join(folder, 'cache')) && readdirSync(join(folder, 'cache')).length > 0)
  child.kill('SIGINT')
  const { code, err } = await ended
  expect(code, err).toBe(130)
  expect(err.split('\n').filter(line => line.startsWith('lacuna:'))).toEqual(['lacuna: interrupted'])
})

describe('readers that leave', () => {
  test('a log whose reader has ended does not stop a training', async () => {
    const out = join(folder, 'deaf')
    const child = spawn(
      process.execPath,
      [main, 'pretrain', 'rotation', pictures, '--out', out, ...small, '--steps', '40', '--no-report'],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    child.stderr.destroy()
    expect(await new Promise(done => child.on('exit', done))).toBe(0)
    expect(readMetrics(out).at(-1)?.step).toBe(40)
  })

  test('a result that nobody reads is no error, and leaves its files', async () => {
    const child = spawn(process.execPath, [main, 'evaluate', run, labelled, '--seeds', '1', '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.destroy()
    let err = ''
    child.stderr.on('data', text => {
      err += text
    })
    expect(await new Promise(done => child.on('close', done)), err).toBe(0)
    expect(err).toBe('')
    expect(JSON.parse(readFileSync(join(run, 'evaluation.json'), 'utf8'))).toMatchObject({ classes: 2 })
  })

  test.skipIf(!existsSync('/dev/full'))('a result that cannot be written is one line and exit code 1', async () => {
    const child = spawn(process.execPath, [main, 'methods'], { stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] })
    let err = ''
    child.stderr?.on('data', text => {
      err += text
    })
    expect(await new Promise(done => child.on('close', done))).toBe(1)
    expect(err).toMatch(/^lacuna: the result could not be written.*ENOSPC.*\n$/)
  })
})
