import { type ChildProcess, fork } from 'node:child_process'
import { atMost } from './concurrency.js'
import { reasonOf } from './walk.js'

/** Jobs that a process has in hand at any time: more than it has threads, so that none waits to be given the next */
const AT_ONCE = 4
/** Threads of libuv in a process: more only cost memory, and what each finds in the cache */
const THREADS = 2

interface Asked<Job> {
  readonly number: number
  readonly job: Job
}

/** What became of a job in another process: what it made, or why it could not. */
interface Answer<Made> {
  readonly number: number
  readonly made?: Made
  /** In one line */
  readonly reason?: string
}

export interface Processes<Job, Made> {
  /**
   * Has a job done by the process that has least to do.
   * @returns undefined where that has ended, whyever: the job is left to the caller
   * @throws Error why it cannot be done, in one line
   */
  ask(job: Job): Promise<Made | undefined>
  /** Whether any is there, or will be when it is asked */
  readonly running: boolean
  /** Ends them; what they have in hand fails. Once they have ended, nothing of theirs is open any more. */
  close(): Promise<void>
}

/**
 * Processes that do jobs for this one, each by {@link serve} in `file`. They begin with the first job.
 * @param count 0 for none: all is left to the caller
 * @param options.signal ends them
 * @param options.shared descriptor of a file that they have as {@link SHARED}
 */
export function processes<Job, Made>(
  file: URL | undefined,
  count: number,
  { signal, shared }: { readonly signal?: AbortSignal | undefined; readonly shared?: number | undefined } = {},
): Processes<Job, Made> {
  let all: readonly Process<Job, Made>[] | undefined
  let closed: Promise<unknown> | undefined
  const close = async () => {
    signal?.removeEventListener('abort', close)
    closed ??= Promise.all((all ?? []).map(one => one.close()))
    all = []
    await closed
  }
  signal?.addEventListener('abort', close)
  return {
    async ask(job) {
      if (file === undefined) return undefined
      all ??= Array.from({ length: count }, () => processOf<Job, Made>(file, shared))
      const [idlest] = all.filter(({ ended }) => !ended).sort((a, b) => a.jobs - b.jobs)
      return idlest?.ask(job)
    },
    get running() {
      return file !== undefined && (all?.some(({ ended }) => !ended) ?? count > 0)
    },
    close,
  }
}

/** One that waits for a job to be done */
interface Asking<Made> {
  settle(made: Made | undefined): void
  fail(reason: Error): void
}

interface Process<Job, Made> {
  readonly ended: boolean
  /** That it has in hand */
  readonly jobs: number
  ask(job: Job): Promise<Made | undefined>
  close(): Promise<void>
}

function processOf<Job, Made>(file: URL, shared?: number): Process<Job, Made> {
  const asked = new Map<number, Asking<Made>>()
  let unsent: Asked<Job>[] = []
  let ended = false
  let count = 0
  const child = started(file, shared)
  const end = (failed?: Error) => {
    ended = true
    child?.kill('SIGKILL') // there is nothing that it would have to tidy up
    for (const { settle, fail } of asked.values()) failed === undefined ? settle(undefined) : fail(failed)
    asked.clear()
  }
  const send = () => {
    if (!ended) child?.send(unsent, error => error && end())
    unsent = []
  }
  const gone = new Promise<void>(resolve => {
    if (child === undefined) resolve()
    child?.on('exit', resolve).on('error', () => resolve())
  })
  if (child === undefined) end()
  child
    ?.on('message', (answers: readonly Answer<Made>[]) => {
      for (const { number, made, reason } of answers) {
        const asking = asked.get(number)
        asked.delete(number)
        if (reason === undefined) asking?.settle(made)
        else asking?.fail(new Error(reason))
      }
    })
    .on('error', () => end())
    .on('disconnect', () => end())
    .on('exit', () => end())
  return {
    get ended() {
      return ended
    },
    get jobs() {
      return asked.size
    },
    ask: job =>
      new Promise((settle, fail) => {
        const number = count++
        asked.set(number, { settle, fail })
        if (unsent.length === 0) setImmediate(send) // and with it what is asked until then
        unsent.push({ number, job })
      }),
    close() {
      end(new Error('was given up'))
      return gone
    },
  }
}

/** undefined where this one may not start others */
function started(file: URL, shared: number | undefined): ChildProcess | undefined {
  try {
    return fork(file, [], {
      execArgv: [],
      // reading certificates takes as long as all else that Node begins with
      env: { ...process.env, UV_THREADPOOL_SIZE: String(THREADS), NODE_EXTRA_CA_CERTS: undefined },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc', ...(shared === undefined ? [] : [shared])],
    })
  } catch {
    return undefined
  }
}

/** Descriptor, on the far side, of the file that both sides share: the first one behind that of messages */
export const SHARED = 4

/**
 * The far side of {@link processes}: does what it is asked, until the other side is no longer there. Answers wait until they are as
 * many as what is still to be done, since each message wakes the other side, which takes the core from work under way.
 */
export function serve<Job, Made>(work: (job: Job) => Promise<Made>): void {
  const inTurn = atMost(AT_ONCE)
  let toDo = 0
  let done: Answer<Made>[] = []
  const answered = async ({ number, job }: Asked<Job>): Promise<Answer<Made>> => {
    try {
      return { number, made: await inTurn(() => work(job)) }
    } catch (error) {
      return { number, reason: reasonOf(error) }
    }
  }
  process.on('SIGINT', () => undefined) // Ctrl-C is for the other side, which says what becomes of this one
  process.on('disconnect', () => process.exit())
  process.on('message', (jobs: readonly Asked<Job>[]) => {
    toDo += jobs.length
    for (const job of jobs)
      answered(job).then(answer => {
        toDo--
        done.push(answer)
        if (done.length < toDo) return
        process.send?.(done)
        done = []
      })
  })
}
