import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Threads for programs: one per physical core, since a second one on the same core only takes turns with the first, and none
 * beyond what this process may use.
 */
export const defaultThreads = (): number => (process.platform === 'linux' ? coresOf('/') : 0)

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
  const [quota, period] = read(root, 'sys/fs/cgroup/cpu.max').trim().split(' ').map(Number)
  const share = quota && period ? Math.max(1, Math.floor(quota / period)) : Number.POSITIVE_INFINITY
  return Math.min(new Set(siblings).size, share)
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
