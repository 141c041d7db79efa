import { type ChildProcess, fork } from 'node:child_process'
import { atMost } from './concurrency.js'
import { reasonOf } from './walk.js'

/** Jobs that a process does at any time: one that waits for other threads, and one that is read meanwhile */
const AT_ONCE = 2

interface Asked<Job> {
  readonly number: number
  readonly job: Job
}

/** What became of a job in another process: what it made, or why it could not, or neither. */
interface Answer<Made> {
  readonly number: number
  readonly made?: Made
  /** In one line */
  readonly reason?: string
}

export interface Processes<Job, Made> {
  /**
   * Has a job done by the process that has least to do. It is left to the caller when the one that had it has ended, whyever, and when
   * that says so ({@link Left}): so whatever becomes of processes, all gets done.
   * @returns undefined where it is left to the caller
   * @throws Error why it cannot be done, in one line
   */
  ask(job: Job): Promise<Made | undefined>
  /** Ends them; what they have in hand fails. */
  close(): void
}

/**
 * Processes that do jobs for this one, each by {@link serve} in `file`. They begin with the first job.
 * @param count 0 for none: all is left to the caller
 * @param signal ends them
 */
export function processes<Job, Made>(file: URL | undefined, count: number, signal?: AbortSignal): Processes<Job, Made> {
  let all: readonly Process<Job, Made>[] | undefined
  const close = () => {
    signal?.removeEventListener('abort', close)
    for (const one of all ?? []) one.close()
    all = []
  }
  signal?.addEventListener('abort', close)
  return {
    async ask(job) {
      if (file === undefined) return undefined
      all ??= Array.from({ length: count }, () => processOf<Job, Made>(file))
      const [idlest] = all.filter(({ ended }) => !ended).sort((a, b) => a.jobs - b.jobs)
      return idlest?.ask(job)
    },
    close,
  }
}

interface Process<Job, Made> {
  readonly ended: boolean
  /** That it has in hand */
  readonly jobs: number
  ask(job: Job): Promise<Made | undefined>
  close(): void
}

function processOf<Job, Made>(file: URL): Process<Job, Made> {
  const asked = new Map<number, (answer: Omit<Answer<Made>, 'number'>) => void>()
  let unsent: Asked<Job>[] = []
  let ended = false
  let count = 0
  const child = started(file)
  const end = (reason?: string) => {
    ended = true
    child?.kill('SIGKILL') // there is nothing that it would have to tidy up
    for (const settle of asked.values()) settle({ reason })
    asked.clear()
  }
  const send = () => {
    if (!ended) child?.send(unsent, error => error && end())
    unsent = []
  }
  if (child === undefined) end()
  child
    ?.on('message', (answers: readonly Answer<Made>[]) => {
      for (const answer of answers) {
        asked.get(answer.number)?.(answer)
        asked.delete(answer.number)
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
    async ask(job) {
      const number = count++
      const { made, reason } = await new Promise<Omit<Answer<Made>, 'number'>>(settle => {
        asked.set(number, settle)
        if (unsent.length === 0) setImmediate(send) // and with it what is asked until then
        unsent.push({ number, job })
      })
      if (reason !== undefined) throw new Error(reason)
      return made
    },
    close: () => end('was given up'),
  }
}

/** undefined where this one may not start others */
function started(file: URL): ChildProcess | undefined {
  try {
    return fork(file, [], {
      execArgv: [],
      // A thread more than there are jobs only costs memory and what it finds in the cache; and reading certificates takes as long as
      // all else that Node begins with.
      env: { ...process.env, UV_THREADPOOL_SIZE: String(AT_ONCE), NODE_EXTRA_CA_CERTS: undefined },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
  } catch {
    return undefined
  }
}

/** Thrown by the work of a process: the job is left to the one that asked. */
export class Left extends Error {}

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
      return { number, reason: error instanceof Left ? undefined : reasonOf(error) }
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
