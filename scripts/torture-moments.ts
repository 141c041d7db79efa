import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate, setTimeout as wait } from 'node:timers/promises'
import { readMetrics } from '#lacuna/runs/metrics.js'

/** What a training does, in this order, but that it saves again and again while it trains. */
export const phases = ['starting', 'decoding', 'preparing', 'configuring', 'training', 'saving', 'reporting'] as const
export type Phase = (typeof phases)[number]

/** When in its life a training is disturbed. */
export interface Moment {
  readonly phase: Phase
  /** Of the phase's time, or of the steps: 0 its begin, 1 its end */
  readonly share: number
}

/** Milliseconds that phases took in a run that nobody disturbed. */
export type Times = Readonly<Record<'starting' | 'decoding' | 'preparing' | 'reporting', number>>

/** A process that trains, and what it began with. */
export interface Life {
  readonly pid: number
  readonly run: string
  readonly cache: string
  readonly steps: number
  /** Steps of the checkpoint that it goes on from */
  readonly from: number
  /** Tells the lines of this process from those of the one before */
  readonly metricsBefore: string | undefined
  readonly ended: () => boolean
}

/** A file that is being written takes about that long. */
const WRITING_MS = 4

/** Waits for the moment. @returns false where the process ended before it came */
export async function reached({ phase, share }: Moment, times: Times, life: Life): Promise<boolean> {
  const { ended, from, steps } = life
  const atStep = from + Math.floor(share * Math.max(0, steps - from))
  const after = async (condition: () => boolean, milliseconds: number, pause = 1) => {
    while (!condition()) {
      if (ended()) return false
      await (pause === 0 ? setImmediate() : wait(pause))
    }
    await wait(milliseconds)
    return !ended()
  }
  switch (phase) {
    case 'starting':
      return after(() => true, share * times.starting)
    case 'decoding':
      return after(() => decodes(life), share * times.decoding)
    case 'preparing':
      return after(() => holdsLock(life), share * times.preparing)
    case 'configuring': {
      if (!(await after(() => holdsLock(life), 0))) return false
      return after(written(life.run, 'config.json'), share * WRITING_MS, 0)
    }
    case 'training':
      return after(() => stepOf(life) >= Math.max(1, atStep), 0, 3)
    case 'saving': {
      if (!(await after(() => stepOf(life) >= atStep, 0, 3))) return false
      return after(written(join(life.run, 'checkpoint'), 'state.safetensors'), share * WRITING_MS, 0)
    }
    case 'reporting':
      return after(() => stepOf(life) >= steps, share * times.reporting, 3)
  }
}

/** Looks on while a run that nobody disturbs goes through its phases. */
export async function timed(life: Life): Promise<Times> {
  const start = performance.now()
  const ends: number[] = []
  for (const seen of [
    () => decodes(life),
    () => holdsLock(life),
    () => stepOf(life) > 0,
    () => stepOf(life) >= life.steps,
    life.ended,
  ]) {
    while (!seen() && !life.ended()) await wait(2)
    ends.push(performance.now() - start)
  }
  const [starting = 0, decoded = 0, prepared = 0, trained = 0, reported = 0] = ends
  return { starting, decoding: decoded - starting, preparing: prepared - decoded, reporting: reported - trained }
}

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

const decodes = ({ cache }: Life): boolean => namesIn(cache).some(name => name.includes('.part-'))

/** Whether a file is being written from now on, or has just been: a quick disk is done between two looks. */
function written(folder: string, file: string): () => boolean {
  const before = identityOf(join(folder, file))
  return () =>
    identityOf(join(folder, file)) !== before ||
    namesIn(folder).some(name => name.startsWith(file) && name.endsWith('.part'))
}

function holdsLock({ run, pid }: Life): boolean {
  try {
    return JSON.parse(readFileSync(join(run, 'lock.json'), 'utf8')).pid === pid
  } catch {
    return false
  }
}

/** The last step that this process has written down; −1 before it has begun to train. */
function stepOf({ run, metricsBefore, from }: Life): number {
  const now = metricsIn(run)
  return now === undefined || now === metricsBefore ? -1 : (readMetrics(run).at(-1)?.step ?? from)
}

/** Which file `metrics.jsonl` is: a training writes it anew when it begins. */
export const metricsIn = (run: string): string | undefined => identityOf(join(run, 'metrics.jsonl'))

/** Another one for each file of that name; undefined where there is none. */
const identityOf = (path: string): string | undefined => {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true })
  return found && `${found.ino} ${found.birthtimeNs}`
}
