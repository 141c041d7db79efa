import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Phase, phases } from './torture-moments.js'

/** Whom a disturbance is done to. */
export interface Victim {
  readonly child: ChildProcess
  readonly run: string
  /** Where the run goes when it is moved */
  readonly moved: string
  /** The small disk that it lies on, where it does */
  readonly disk: string | undefined
}

/** Something that happens to a training. */
export interface Kind {
  readonly phases: readonly Phase[]
  /** @param share from 0 to 1, drawn from the seed */
  readonly strike: (victim: Victim, share: number) => void | Promise<void>
  /** The signals by which it asks the training to end */
  readonly signals: readonly NodeJS.Signals[]
  readonly needsDisk?: true
}

const signal = (name: NodeJS.Signals): Kind => ({
  phases,
  strike: ({ child }) => void child.kill(name),
  signals: [name],
})

/** What a training that was asked to end says last: its result, or that it was interrupted before there was any. */
const lastWord = (child: ChildProcess): Promise<void> =>
  new Promise(said => {
    child.once('exit', () => said())
    child.stdout?.once('data', () => said())
    child.stderr?.on('data', (text: string) => text.includes('lacuna: interrupted') && said())
  })

const hangUp = ({ child }: Victim) => {
  child.stdout?.destroy()
  child.stderr?.destroy()
}

/** Before the folder is there, nobody can take it away. */
const withFolder = phases.filter(phase => phase !== 'starting' && phase !== 'decoding')

export const kinds = {
  INT: signal('SIGINT'),
  'INT INT': {
    phases,
    async strike({ child }, share) {
      child.kill('SIGINT')
      await wait(1 + 399 * share)
      child.kill('SIGINT')
    },
    signals: ['SIGINT'],
  },
  'INT late': {
    phases,
    // the second one comes when the process has said its last word, and tidies up
    async strike({ child }, share) {
      child.kill('SIGINT')
      await lastWord(child)
      await wait(40 * share)
      child.kill('SIGINT')
    },
    signals: ['SIGINT'],
  },
  TERM: signal('SIGTERM'),
  HUP: signal('SIGHUP'),
  KILL: signal('SIGKILL'),
  'disk full': {
    phases,
    strike: ({ disk }) => fill(disk),
    signals: [],
    needsDisk: true,
  },
  'reader gone': { phases, strike: hangUp, signals: [] },
  'terminal closed': {
    phases,
    strike(victim) {
      hangUp(victim)
      victim.child.kill('SIGHUP')
    },
    signals: ['SIGHUP'],
  },
  moved: { phases: withFolder, strike: ({ run, moved }) => ifThere(() => renameSync(run, moved)), signals: [] },
  removed: {
    phases: withFolder,
    strike: ({ run }) => remove(run),
    signals: [],
  },
} as const satisfies Record<string, Kind>
export type KindName = keyof typeof kinds

/** What a training that is disturbed a second time meets: whatever leaves the folder and the disk as they are. */
export const again: readonly KindName[] = ['INT', 'INT INT', 'INT late', 'TERM', 'HUP', 'KILL', 'terminal closed']

const ballast = (disk: string) => join(disk, 'ballast')

function fill(disk: string | undefined): void {
  if (disk === undefined) throw new Error('a disk to fill is expected, got none')
  const file = openSync(ballast(disk), 'w')
  try {
    for (let size = 2 ** 20; size >= 1; ) {
      try {
        writeSync(file, Buffer.alloc(size))
      } catch {
        size = Math.floor(size / 2)
      }
    }
  } finally {
    closeSync(file)
  }
}

export const makeSpace = (disk: string | undefined): void => {
  if (disk !== undefined) rmSync(ballast(disk), { force: true })
}

/** As often as the training writes into it between the listing and the removal; Node's own retries do not cover that everywhere. */
async function remove(folder: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return rmSync(folder, { recursive: true, force: true })
    } catch (error) {
      if (tries === 200) throw error
      await wait(5)
    }
  }
}

function ifThere(work: () => void): void {
  try {
    work()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
