import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

/** Runs the built command line. @returns what it printed */
export function lacuna(args: readonly string[]): Promise<string> {
  console.log(`lacuna ${args.join(' ')}`)
  const child = spawn(process.execPath, [join('dist', 'cli', 'main.js'), ...args], {
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
