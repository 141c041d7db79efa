import { expect, test } from 'vitest'
import { array, evaluate, randomArray } from '../engine/testing.js'
import { at } from '../nn/testing.js'
import { range } from '../tensor/shape.js'
import { Tensor } from '../tensor/tensor.js'
import {
  asShare,
  codesCompared,
  codesExamined,
  countsOf,
  perplexityOf,
  shareOfAll,
  toldCodes,
  unigramOf,
} from './guessed-codes.js'

const [n, length, size] = [2, 7, 4]
const logits = randomArray([n, length, size], { low: -2, high: 2 })
const codes = array([n, length, 1], [0, 1, 1, 2, 3, 3, 0, 2, 2, 2, 1, 0, 0, 0])
const there = array([n, length], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0])
const hidden = array([n, length], [0, 1, 1, 0, 0, 1, 1, 1, 0, 1, 1, 0, 0, 0])
const counts = [[40, 30, 20, 0]]

const computed = evaluate(
  (logits, codes, there, hidden) => {
    const guessed = { logits: [logits], codes: codes.cast('int'), hidden: hidden.greater(0), there: there.greater(0) }
    const { loss, metrics = {}, weight = loss } = codesCompared(guessed, counts)
    const measures = Object.entries(codesExamined(guessed, counts)).flatMap(([name, { value, baselines }]) => [
      [name, value] as const,
      ...Object.entries(baselines).flatMap(([of, x]) => (x instanceof Tensor ? [[`${name}/${of}`, x] as const] : [])),
    ])
    return { loss, ...metrics, weight, ...Object.fromEntries(measures) }
  },
  [logits, codes, there, hidden],
)

test('all figures as loops over the frames that were hidden', async () => {
  const found = await computed
  const places = range(n).flatMap(i => range(length).flatMap(t => (at(hidden, i, t) > 0 ? [{ i, t }] : [])))
  const mean = (of: (i: number, t: number) => number) =>
    places.reduce((sum, { i, t }) => sum + of(i, t), 0) / places.length
  const row = (i: number, t: number) => range(size).map(c => at(logits, i, t, c))
  const code = (i: number, t: number) => at(codes, i, t, 0)
  const best = (i: number, t: number) => row(i, t).indexOf(Math.max(...row(i, t)))
  const nats = (i: number, t: number) =>
    Math.log(row(i, t).reduce((sum, x) => sum + Math.exp(x), 0)) - (row(i, t)[code(i, t)] ?? 0)
  const nearest = (i: number, t: number) =>
    range(length)
      .filter(s => at(there, i, s) > 0 && at(hidden, i, s) === 0)
      .sort((a, b) => Math.abs(a - t) - Math.abs(b - t) || a - b)[0] ?? 0
  const share = [40.5, 30.5, 20.5, 0.5].map(x => x / 92)
  expect(found.weight?.[0]).toBe(places.length)
  expect(found.loss?.[0]).toBeCloseTo(mean(nats), 12)
  expect(found.accuracy?.[0]).toBeCloseTo(
    mean((i, t) => Number(best(i, t) === code(i, t))),
    12,
  )
  const copied = mean((i, t) => Number(code(i, nearest(i, t)) === code(i, t)))
  expect(copied).toBeGreaterThan(0)
  expect(found.copied?.[0]).toBeCloseTo(copied, 12)
  expect(found['accuracy/copied from the nearest frame that is shown']?.[0]).toBeCloseTo(copied, 12)
  expect(found['accuracy/the commonest code']?.[0]).toBeCloseTo(
    mean((i, t) => Number(code(i, t) === 0)),
    12,
  )
  expect(found['cross entropy/how common each code is']?.[0]).toBeCloseTo(
    mean((i, t) => -Math.log(share[code(i, t)] ?? 0)),
    12,
  )
  const tally = range(size).map(c => places.filter(({ i, t }) => code(i, t) === c).length)
  expect(found.perplexity?.[0]).toBeCloseTo(perplexityOf(tally), 12)
  expect(found['code perplexity']).toEqual(tally.map(count => count / places.length))
})

test('chance is the entropy of how common the codes are, those unseen counted as half', () => {
  const share = [40.5, 30.5, 20.5, 0.5].map(x => x / 92)
  expect(unigramOf(counts)).toBeCloseTo(-share.reduce((sum, p) => sum + p * Math.log(p), 0), 12)
  expect(unigramOf([Array(512).fill(1e9)])).toBeCloseTo(6.238325, 6)
})

test('codes are counted by book, in frames that are there', () => {
  const codes = Float32Array.of(0, 1, 2, 1, 2, 0, 0, 0)
  expect(countsOf(codes, Float32Array.of(1, 1, 1, 0), { codes: 3, books: 2 })).toEqual([
    [1, 0, 2],
    [1, 2, 0],
  ])
  expect(perplexityOf([2, 1, 1, 0])).toBeCloseTo(2.8284271, 7)
})

test('targets that are all alike are told before a step is trained', () => {
  expect(toldCodes([[25, 25, 25, 25]])).toEqual([expect.stringContaining('next to nothing to guess')])
  expect(toldCodes([Array(64).fill(3)])).toEqual([
    'the targets are 64 codes, 100 % of which occur, with a perplexity of 64',
  ])
})

test('a share over batches counts frames, and there is none where no frame counts', async () => {
  const { first, second, none } = await evaluate(
    (one, three, nothing) => ({
      first: asShare(one.mean(), one),
      second: asShare(three.sum().div(8), three),
      none: asShare(nothing.mean(), nothing),
    }),
    [array([1, 4], [1, 0, 0, 0]), array([1, 4], [1, 1, 1, 0]), array([1, 4], [0, 0, 0, 0])],
  )
  expect([first, second, none]).toEqual([
    [0.25, 1],
    [3 * 0.375, 3],
    [0, 0],
  ])
  expect(shareOfAll([(0.25 + 3 * 0.375) / 2, 2])).toBeCloseTo((0.25 + 3 * 0.375) / 4, 12)
  expect(shareOfAll([0, 0])).toBeUndefined()
})
