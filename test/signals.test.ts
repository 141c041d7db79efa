import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
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
  // decoded beforehand, so that the commands below begin with their own work
  for (const data of [emoji, labelled])
    expect((await lacuna('preview', 'rotation', data, '--size', '16', '--out', join(folder, 'sheet.png'))).code).toBe(0)
})

const until = async (condition: () => boolean) => {
  while (!condition()) await wait(20)
}
/** No stack, no abort of the C++ runtime */
const calm = (err: string) => expect(err).not.toMatch(/terminate called|Napi|\n +at |unexpected/)
const filesIn = (path: string): string[] =>
  readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter(name => !/open-by-/.test(name))
    .sort()

describe('other commands that are at work end with 130 and one line', () => {
  // each says what it does before its longest part, which goes on for far longer than the signals take
  const works: Readonly<Record<string, readonly [says: RegExp, ...args: string[]]>> = {
    evaluate: [/seed 1 of 500/, run, labelled, '--seeds', '500'],
    embed: [/embedding: 0 %/, run, emoji, '--out', join(folder, 'v.npy'), '--batch', '1'],
    pretext: [/measuring the task: 0 %/, run, emoji],
    doctor: [/trying cpu/],
  }
  for (const [name, [says, ...args]] of Object.entries(works))
    for (const [first, second, pause] of [
      ['SIGINT', 'SIGINT', 0],
      ['SIGTERM', 'SIGHUP', 100],
    ] as const)
      test(`${name}, ${first} and after ${pause} ms ${second}`, async () => {
        const { child, ended } = start(name, ...args)
        let said = ''
        child.stderr?.on('data', text => {
          said += text
        })
        await until(() => says.test(said) || child.exitCode !== null)
        const before = filesIn(folder)
        child.kill(first)
        await wait(pause)
        child.kill(second)
        const { code, out, err } = await ended
        expect(code, err).toBe(130)
        expect(err.match(/interrupted/g)).toHaveLength(1)
        expect(out).toBe('')
        calm(err)
        expect(filesIn(folder)).toEqual(before)
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
