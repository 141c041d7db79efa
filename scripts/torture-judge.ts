import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { hasCheckpoint, loadCheckpoint } from '#lacuna/runs/checkpoint.js'
import { readMetrics } from '#lacuna/runs/metrics.js'
import type { Ended } from './lacuna.js'
import { type KindName, kinds } from './torture-kinds.js'

/** What a process was, and what it left. */
export interface Aftermath {
  /** What it met; undefined where it ended before, or nothing was to come */
  readonly met: KindName | undefined
  readonly ended: Ended
  /** Steps of the checkpoint before; undefined where there was none */
  readonly before: number | undefined
  /** What processes before it have left half done */
  readonly torn: readonly string[]
  /** Whether it came to write lines of its own */
  readonly trained: boolean
  readonly run: string
  readonly steps: number
  readonly saveEvery: number
}

/** Steps that the checkpoint of a run was taken after; undefined where there is none. It is read whole, so that a damaged one throws. */
export const savedStep = (run: string): number | undefined =>
  hasCheckpoint(run) ? loadCheckpoint(run).step : undefined

/** What is wrong about the end of a process; nothing where all is as it should be. */
export function faultsOf(after: Aftermath): string[] {
  const { met, ended } = after
  const { code, signal, err } = ended
  const faults = [...crashes(ended), ...(signal === 'SIGKILL' ? [] : leftovers(after)), ...losses(after)]
  const kind = met === undefined ? undefined : kinds[met]
  const asked: readonly string[] = kind?.signals ?? []
  if (signal !== null) {
    if (!asked.includes(signal)) faults.push(`ended by ${signal}`)
    else if (signal !== 'SIGKILL' && (ended.out !== '' || err !== ''))
      faults.push(`ended by ${signal} when it was working`)
  } else if (code === 130) {
    if (asked.length === 0) faults.push('exit code 130 though nobody asked it to end')
    else faults.push(...interrupted(after))
  } else if (code === 0) faults.push(...done(after))
  else if (met === 'disk full') {
    if (!/the disk is full|only [\d.]+ [MG]B are free/.test(err))
      faults.push(`exit code ${code}, and no word of the disk`)
  } else if (met === 'moved' || met === 'removed') {
    if (!/no such folder|not a run folder|was moved or removed/.test(err))
      faults.push(`exit code ${code}, and no word of the folder`)
  } else faults.push(`exit code ${code}`)
  return faults
}

function crashes({ code, signal, out, err }: Ended): string[] {
  const faults = []
  if (code === 134 || ['SIGABRT', 'SIGSEGV', 'SIGBUS'].includes(signal ?? '')) faults.push('crashed')
  const bad = /terminate called|Napi::|\n +at .*|unexpected/.exec(`${out}${err}`)
  if (bad) faults.push(`said "${bad[0].trim()}"`)
  return faults
}

/** Files that a process which ended by itself should have taken away: its own, and once it trains those of killed ones too. */
const leftovers = ({ run, torn, trained }: Aftermath): string[] =>
  tornIn(run)
    .filter(name => trained || !torn.includes(name))
    .map(name => `left ${name}`)

/** What a training has in its folder only while it runs. */
export const tornIn = (run: string): string[] => namesBelow(run).filter(name => /\.part$|lock\.json$/.test(name))

function namesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch {
    return []
  }
}

/** Steps that were taken and saved, and are gone. */
function losses({ met, ended, before, trained, run, saveEvery }: Aftermath): string[] {
  if (met === 'moved' || met === 'removed') return []
  const saved = savedStep(run) ?? 0
  if (saved < (before ?? 0)) return [`lost steps: saved after ${before} before, after ${saved} now`]
  const written = trained ? (readMetrics(run).at(-1)?.step ?? 0) : 0
  // a line is written before the checkpoint of its step
  const atLeast = ended.code === 130 || ended.code === 0 ? written : Math.floor((written - 1) / saveEvery) * saveEvery
  return saved < atLeast ? [`saved after ${saved} steps, though ${written} were taken`] : []
}

function interrupted({ met, ended: { out, err }, before, run, steps }: Aftermath): string[] {
  const saved = savedStep(run)
  if (met === 'terminal closed') return [] // nobody has heard it
  if (/^lacuna: interrupted$/m.test(err)) return saved === before ? [] : ['interrupted, though it has saved']
  const [, told] = /^(?:Stopped and saved after )?(\d+) (?:of \d+ )?steps:/m.exec(out) ?? []
  if (told === undefined) return ['exit code 130, and no word of what was saved']
  return Number(told) === saved || Number(told) === steps ? [] : [`told of ${told} steps, saved after ${saved}`]
}

function done({ met, ended: { out, err }, run, steps }: Aftermath): string[] {
  const saved = savedStep(run)
  const told = /was moved or removed/.test(err)
  if (saved !== steps && !told) return [`exit code 0, saved after ${saved} of ${steps} steps`]
  if (!existsSync(join(run, 'report.html')) && !/its report could not be written/.test(err))
    return ['exit code 0, without a report']
  if (met === 'reader gone' || met === 'terminal closed') return []
  return out.includes(`${steps} steps: `) ? [] : ['exit code 0, and no word of the result']
}
