import { type ChildProcess, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'

export const main = resolve('dist', 'cli', 'main.js')

export interface Ended {
  readonly code: number | null
  /** What ended it, where it did not end by itself */
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

/** Starts the built command line, and keeps what it says. */
export function start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const ended = new Promise<Ended>(done => child.on('close', (code, signal) => done({ code, signal, out, err })))
  return { child, ended }
}

/** Runs the built command line. @returns what it printed */
export function lacuna(args: readonly string[]): Promise<string> {
  console.log(`lacuna ${args.join(' ')}`)
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    printed += text
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code =>
      code === 0 ? resolve(printed) : reject(new Error(`lacuna ${args[0]} ended with ${code}`)),
    )
  })
}

/** Single-threaded jobs side by side, one a core: faster in all than one after the other with all cores. */
export async function inTurns(jobs: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = [...jobs]
  const worker = async () => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await job()
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
}
