import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { atMost, inOrder } from './concurrency.js'

test('results come in order, with at most so many under way', async () => {
  let running = 0
  let most = 0
  const results: number[] = []
  const work = async (i: number) => {
    most = Math.max(most, ++running)
    await wait((i * 7) % 5)
    running--
    return i
  }
  for await (const result of inOrder(20, 3, work)) results.push(result)
  expect(results).toEqual([...Array(20).keys()])
  expect(most).toBe(3)
})

test('a reader that stops early waits for what is under way', async () => {
  let ended = 0
  const work = async () => {
    await wait(2)
    ended++
  }
  for await (const _ of inOrder(100, 4, work)) break
  expect(ended).toBe(4)
})

test('a failure is thrown where its result would be', async () => {
  const seen: number[] = []
  const work = async (i: number) => {
    if (i === 2) throw new Error('two')
    await wait(1)
    return i
  }
  await expect(async () => {
    for await (const i of inOrder(5, 4, work)) seen.push(i)
  }).rejects.toThrow('two')
  expect(seen).toEqual([0, 1])
})

test('one at a time, also after a failure', async () => {
  const queue = atMost(1)
  const log: string[] = []
  const run = (name: string) =>
    queue(async () => {
      log.push(`${name} begins`)
      await wait(1)
      log.push(`${name} ends`)
      if (name === 'a') throw new Error('a')
      return name
    })
  const [a, b] = await Promise.allSettled([run('a'), run('b')])
  expect(a.status).toBe('rejected')
  expect(b).toEqual({ status: 'fulfilled', value: 'b' })
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
})

test('at most two at a time, in the order they came', async () => {
  const queue = atMost(2)
  const begun: number[] = []
  let [running, most] = [0, 0]
  const run = async (i: number) => {
    begun.push(i)
    most = Math.max(most, ++running)
    await wait((i * 7) % 5)
    running--
  }
  await Promise.all(Array.from({ length: 12 }, (_, i) => queue(() => run(i))))
  expect(begun).toEqual([...Array(12).keys()])
  expect(most).toBe(2)
})
