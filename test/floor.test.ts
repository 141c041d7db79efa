import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { nodePackage } from '../scripts/package-trials.js'
import { type Ended, emoji, main, temporary } from './lacuna.js'

const folder = temporary()
const [data, run] = [join(folder, 'pictures'), join(folder, 'run')]
const [, floor = ''] = /^>=(\d+\.\d+)$/.exec(JSON.parse(readFileSync('package.json', 'utf8')).engines.node) ?? []

/** Runs the built command line by a release of Node from the registry. */
async function lacunaOn(release: string, ...args: string[]): Promise<Omit<Ended, 'signal'>> {
  const { specifier, file } = nodePackage(release)
  const prefix = join(folder, release)
  await promisify(execFile)('npm', ['install', '--prefix', prefix, '--no-audit', '--no-fund', specifier])
  return new Promise(done => {
    execFile(join(prefix, file), [main, ...args], (error, out, err) =>
      done({ code: error === null ? 0 : Number(error.code), out, err }),
    )
  })
}

beforeAll(() => {
  mkdirSync(data)
  for (const name of readdirSync(emoji).slice(0, 12)) copyFileSync(join(emoji, name), join(data, name))
})

test.each([
  ['methods'],
  ['preview', 'simclr', data, '--size', '16', '--count', '2', '--encoder', 'c4-half', '--out', join(folder, 'a.png')],
  ['pretrain', 'simclr', data, '--size', '16', '--encoder', 'c4-half', '--batch', '4', '--steps', '2', '--out', run],
  ['embed', run, data, '--out', join(folder, 'vectors.parquet')],
])('the oldest Node that package.json allows runs `lacuna %s` and says nothing else', async (...args) => {
  expect(await lacunaOn(`${floor}.0`, ...args, '--json')).toMatchObject({ code: 0, err: '' })
})

test('an older Node is told in one line', async () => {
  const { code, out, err } = await lacunaOn('16', 'methods')
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(RegExp(`^lacuna: Node 16\\.[^\\n]* is too old; Node ${floor} or later is needed: [^\\n]*\\n$`))
})
