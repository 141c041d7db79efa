import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export const main = resolve('dist/cli/main.js')

/** Starts the built command line. */
export function start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.on('data', (text: Buffer) => {
    out += text
  })
  child.stderr.on('data', (text: Buffer) => {
    err += text
  })
  const ended = new Promise<Ended>(done => child.on('close', code => done({ code, out, err })))
  return { child, ended }
}

/** Runs the built command line to its end. */
export const lacuna = (...args: string[]): Promise<Ended> => start(...args).ended

export const temporary = (): string => mkdtempSync(join(tmpdir(), 'lacuna-test-'))

/** Real pictures that `npm ci` has brought: 3,786 emoji of 64 px. */
export const emoji = join(
  dirname(createRequire(import.meta.url).resolve('emoji-datasource-google/package.json')),
  'img/google/64',
)
