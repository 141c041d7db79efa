import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../data/testing.js'
import { LacunaError } from '../../errors.js'
import { checkedThreads, coresOf, mostThreads } from './cores.js'

/** A folder like Linux's root: which cores the process may use, which of them are one physical core, the quota. */
function machine(allowed: string, siblings: readonly string[], quota?: string): string {
  const root = temporaryFolder()
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  put('proc/self/status', `Name:\tnode\nCpus_allowed:\tff\nCpus_allowed_list:\t${allowed}\nMems_allowed:\t1\n`)
  for (const [cpu, list] of siblings.entries())
    put(`sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`, `${list}\n`)
  if (quota !== undefined) put('sys/fs/cgroup/cpu.max', `${quota}\n`)
  return root
}

const hyperthreaded = ['0,4', '1,5', '2,6', '3,7', '0,4', '1,5', '2,6', '3,7']

test.each([
  ['two threads of a core are one core', '0-7', hyperthreaded, undefined, 4],
  ['only the cores that the process may use count', '1,3,5', hyperthreaded, undefined, 2],
  ['a container without a quota has them all', '0-7', hyperthreaded, 'max 100000', 4],
  ['a quota of two and a half cores is two threads', '0-7', hyperthreaded, '250000 100000', 2],
  ['a quota of half a core is one thread', '0-7', hyperthreaded, '50000 100000', 1],
  ['cores that are switched off do not count', '0-127', ['0', '1'], undefined, 2],
  ['without hyperthreads each is a core', '0-2', ['0', '1', '2'], undefined, 3],
] as const)('%s', (_, allowed, siblings, quota, expected) => {
  expect(coresOf(machine(allowed, siblings, quota))).toBe(expected)
})

test('where Linux does not tell, ONNX Runtime chooses', () => {
  expect(coresOf(temporaryFolder())).toBe(0)
  expect(coresOf(machine('0-3', []))).toBe(0)
})

test.each([
  ['every logical core', undefined, 8, 8],
  ['no more than the quota, a part of a core counts', '250000 100000', 8, 3],
  ['one at least', '10000 100000', 8, 1],
] as const)('most threads: %s', (_, quota, cores, expected) => {
  expect(mostThreads(machine('0-7', hyperthreaded, quota), cores)).toBe(expected)
})

test('as many threads as asked for, from one to the most', () => {
  expect([1, 2, 4].map(threads => checkedThreads(threads, 4))).toEqual([1, 2, 4])
  for (const threads of [0, -1, 1.5, 5, 999, Number.NaN]) {
    expect(() => checkedThreads(threads, 4)).toThrow(LacunaError)
    expect(() => checkedThreads(threads, 4)).toThrow(`--threads ${threads}: a whole number from 1 to 4 is expected`)
  }
  expect(() => checkedThreads(2, 1)).toThrow('--threads 2: only 1 is possible')
})
