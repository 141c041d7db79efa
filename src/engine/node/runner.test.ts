import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { put, temporaryFolder } from '../../data/testing.js'
import { LacunaError } from '../../errors.js'
import type { Runner } from '../runner.js'
import { startRunner, workerRunner } from './runner.js'

const options = { device: 'cpu', precision: 'float32', threads: 1 } as const

/** A runner whose worker is this code; `port` and `answer` are there for it. */
function runnerOn(code: string): Runner {
  const head = `import { parentPort as port } from 'node:worker_threads'
    const answer = (id, more) => port.postMessage({ id, busy: 1, ...more })\n`
  const folder = put(temporaryFolder(), { 'worker.mjs': head + code })
  return workerRunner(options, pathToFileURL(join(folder, 'worker.mjs')))
}

const answers = "port.on('message', ({ id, method, args }) => answer(id, { value: [method, ...args] }))"

test('calls are answered, and a closed runner refuses further ones', async () => {
  const runner = runnerOn(answers)
  expect(await runner.read(['a'])).toEqual(['read', ['a']])
  expect(runner.busy).toBe(1)
  await runner.close()
  await expect(runner.unload('x')).rejects.toThrow(/closed/)
  await runner.close()
})

test('an error of ours comes through as one, with its exit code', async () => {
  const runner = runnerOn(
    "port.on('message', ({ id, method }) => answer(id, method === 'close' ? { value: 0 } : { error: { name: 'LacunaError', message: 'no', exitCode: 2 } }))",
  )
  const error = await runner.unload('x').catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(LacunaError)
  expect(error).toMatchObject({ message: 'no', exitCode: 2 })
  await runner.close()
})

test.each([
  ['cannot be loaded', "import './not-there.js'", /ended: .*not-there.*--resume/],
  ['ends', 'port.close()', /ended: exit code 0/],
  ['throws', "port.on('message', () => { throw new Error('broken') })", /ended: broken/],
])('a worker that %s rejects who waits and who calls later, at once', async (_, code, message) => {
  const runner = runnerOn(code)
  await expect(runner.unload('first')).rejects.toThrow(message)
  for (const later of [runner.unload('second'), runner.run('third')]) {
    await expect(later).rejects.toThrow(message)
    await expect(later).rejects.toBeInstanceOf(LacunaError)
  }
  await runner.close() // has nothing to wait for
})

test('more threads than cores are wrong usage', () => {
  expect(() => startRunner({ threads: 9999 })).toThrow(/--threads 9999: a whole number from 1 to \d+ is expected/)
})
