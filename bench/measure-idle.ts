import { thisMachine } from './machine.js'
import { measureOurs } from './process.js'
import { type IdleRecord, keep, today } from './records.js'

const tasks = [
  { encoder: 'c4', size: 32, batch: 128 },
  { encoder: 'c4', size: 32, batch: 32 },
  { encoder: 'c4-half', size: 32, batch: 32 },
] as const

const STEPS = 30

export interface IdleOptions {
  readonly threads: number
  readonly report: (line: string) => void
}

/** How long the program waits between two steps, with a warm store; kept as `idle`. */
export async function measureIdle({ threads, report }: IdleOptions): Promise<void> {
  const cases: IdleRecord['cases'][number][] = []
  for (const task of tasks) {
    const { encoder, size, batch } = task
    const found = await measureOurs<Pick<IdleRecord['cases'][number], 'stepMilliseconds' | 'idleMilliseconds'>>(
      'run-idle.js',
      ...[encoder, size, batch, STEPS, threads],
    )
    cases.push({ ...task, ...found })
    report(JSON.stringify(cases.at(-1)))
  }
  keep('idle', { machine: thisMachine(), day: today(), cases })
}
