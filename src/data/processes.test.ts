import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type Processes, processes, SHARED, serve } from './processes.js'
import { put, temporaryFolder } from './testing.js'

/** The far side in plain JavaScript: doubles numbers, and does what words say. */
const far = `
  process.on('disconnect', () => process.exit())
  const answer = ({ number, job }) => {
    if (job === 'die') process.kill(process.pid, 'SIGKILL')
    else if (job === 'fail') process.send([{ number, reason: 'is odd' }])
    else if (job === 'pid') process.send([{ number, made: process.pid }])
    else if (job === 'threads') process.send([{ number, made: Number(process.env.UV_THREADPOOL_SIZE) }])
    else if (job === 'certificates') process.send([{ number, made: process.env.NODE_EXTRA_CA_CERTS ?? 'none' }])
    else if (job !== 'wait') process.send([{ number, made: 2 * job }])
  }
  process.on('message', jobs => jobs.forEach(answer))
`

type Far = Processes<number | string, number>

function start(count: number, code = far, options: Parameters<typeof processes>[2] = {}): Far {
  const file = pathToFileURL(join(put(temporaryFolder(), { 'far.mjs': code }), 'far.mjs'))
  const all: Far = processes(file, count, options)
  onTestFinished(() => all.close())
  return all
}

const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('jobs are done, or fail with a reason', async () => {
  const all = start(2)
  expect(await Promise.all(Array.from({ length: 20 }, (_, i) => all.ask(i)))).toEqual(
    Array.from({ length: 20 }, (_, i) => 2 * i),
  )
  await expect(all.ask('fail')).rejects.toThrow('is odd')
})

test('what a process had in hand when it was killed is left to the caller, and the other goes on', async () => {
  const all = start(2)
  const pids = new Set<number | undefined>()
  while (pids.size < 2) for (const pid of await Promise.all([all.ask('pid'), all.ask('pid')])) pids.add(pid)
  const had = [all.ask('wait'), all.ask('wait')] // one each
  await Promise.race([all.ask('die'), wait(1000)])
  expect(await Promise.race(had)).toBeUndefined()
  expect(await Promise.all([all.ask(1), all.ask(2), all.ask(3)])).toEqual([2, 4, 6])
  expect(all.running).toBe(true)
  await all.ask('die')
  expect(all.running).toBe(false)
  expect(await all.ask(1)).toBeUndefined()
})

test('they end when they are closed, and what they have in hand fails', async () => {
  const controller = new AbortController()
  for (const end of [(all: Far) => all.close(), async () => controller.abort()]) {
    const all = start(1, far, { signal: controller.signal })
    const pid = (await all.ask('pid')) ?? 0
    const given = all.ask('wait')
    const ending = end(all)
    await expect(given).rejects.toThrow('was given up')
    await Promise.all([ending, all.close()])
    expect(isRunning(pid)).toBe(false)
    expect(await all.ask(1)).toBeUndefined()
  }
})

test('where none can begin, all is left to the caller', async () => {
  const nothing: Far = processes(undefined, 2)
  for (const all of [nothing, start(0), start(2, 'throw new Error("broken")')])
    for (let i = 0; i < 20 || all.running; i++) {
      expect(await all.ask(i)).toBeUndefined()
      await wait(10)
    }
})

test('they have the file that is shared with them', async () => {
  const path = join(temporaryFolder(), 'shared')
  const shared = openSync(path, 'wx+')
  onTestFinished(() => closeSync(shared))
  const writing = `import { writeSync } from 'node:fs'
    process.on('message', jobs => process.send(jobs.map(({ number, job }) => ({ number, made: writeSync(${SHARED}, job) }))))`
  expect(await start(1, writing, { shared }).ask('told')).toBe(4)
  expect(readFileSync(path, 'utf8')).toBe('told')
})

test('they have two threads for what they do', async () => {
  expect(await start(1).ask('threads')).toBe(2)
})

test('they read no certificates, which would take them as long as all else to begin', async () => {
  vi.stubEnv('NODE_EXTRA_CA_CERTS', '/etc/some.pem')
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  expect(await start(1).ask('certificates')).toBe('none')
})

test('what is asked in one turn goes to a process in one message', async () => {
  const counting = far.replace(
    'jobs.forEach(answer)',
    'process.send(jobs.map(({ number }) => ({ number, made: jobs.length })))',
  )
  const all = start(1, counting)
  expect(await Promise.all([all.ask(1), all.ask(2), all.ask(3)])).toEqual([3, 3, 3])
  expect(await all.ask(1)).toBe(1)
})

/** This process as the far side: what it sends, and a message to it */
function served(work: (job: number) => Promise<number>) {
  const sent: unknown[] = []
  const own = process.send
  process.send = message => sent.push(message) > 0
  const on = vi.spyOn(process, 'on').mockReturnThis()
  serve(work)
  const hears = on.mock.calls.find(([event]) => event === 'message')?.[1]
  on.mockRestore()
  onTestFinished(() => {
    process.send = own
  })
  return { sent, ask: (...jobs: number[]) => hears?.(jobs.map(job => ({ number: job, job }))) }
}

test('answers go together, and none waits when nothing is left to be done', async () => {
  const { sent, ask } = served(async job => {
    if (job === 3) throw new Error('is odd')
    return 2 * job
  })
  ask(0, 1, 2, 3)
  ask(5)
  await wait(10)
  expect(sent).toEqual([
    [0, 1, 2].map(number => ({ number, made: 2 * number })),
    [{ number: 3, reason: 'is odd' }],
    [{ number: 5, made: 10 }],
  ])
})
