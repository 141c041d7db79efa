import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { LacunaError } from '../../errors.js'

/**
 * Threads for programs: one per physical core, since a second one on the same core only takes turns with the first, and none
 * beyond what this process may use.
 */
export const defaultThreads = (): number => (process.platform === 'linux' ? coresOf('/') : 0)

/**
 * Threads as asked for, if they are no more than this process has logical cores: beyond, they wait for each other, and a step
 * takes a hundred times as long.
 * @returns the number given, or `defaultThreads()`
 * @throws LacunaError (wrong usage) for more, and for what is no whole number
 */
export function checkedThreads(threads: number | undefined, most = mostThreads()): number {
  if (threads === undefined) return defaultThreads()
  if (Number.isSafeInteger(threads) && threads >= 1 && threads <= most) return threads
  const range = most === 1 ? 'only 1 is possible' : `a whole number from 1 to ${most} is expected`
  throw new LacunaError(
    `--threads ${threads}: ${range}, the cores that this process may use; without it the number is chosen`,
    2,
  )
}

/** Logical cores that this process may use, as far as the quota of its container goes; a part of a core counts as one. */
export const mostThreads = (root = '/', cores = availableParallelism()): number =>
  Math.min(cores, Math.max(1, Math.ceil(quotaOf(root))))

/**
 * Physical cores that a process on Linux may use: those of its affinity, as far as the quota of its container goes.
 * @param root the folder with `proc` and `sys`
 * @returns 0 where the system does not tell: ONNX Runtime counts the cores of the machine then
 */
export function coresOf(root: string): number {
  const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(read(root, 'proc/self/status'))?.[1] ?? ''
  const siblings = numbersOf(allowed)
    .map(cpu => read(root, `sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`).trim())
    .filter(list => list !== '') // cores that are switched off have none
  return Math.min(new Set(siblings).size, Math.max(1, Math.floor(quotaOf(root))))
}

/** Cores' worth of time that a container gives its processes on Linux; infinite where nothing limits it. */
function quotaOf(root: string): number {
  const [quota, period] = read(root, 'sys/fs/cgroup/cpu.max').trim().split(' ').map(Number)
  return quota && period ? quota / period : Number.POSITIVE_INFINITY
}

/** The numbers in a list such as `0-3,8`. */
function numbersOf(list: string): number[] {
  return list
    .split(',')
    .filter(range => range !== '')
    .flatMap(range => {
      const [first = 0, last = first] = range.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, i) => first + i)
    })
}

function read(root: string, path: string): string {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return ''
  }
}
