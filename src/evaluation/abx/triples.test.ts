import { expect, test } from 'vitest'
import { abxError, type Said, triplesOf } from './triples.js'

const say = (phone: string, context: string, speaker: string): Said => ({ phone, context, speaker })
const said: Said[] = ['s', 't'].flatMap(speaker =>
  ['k', 'l'].flatMap(context => ['a', 'a', 'i', 'i', 'u'].map(phone => say(phone, context, speaker))),
)

test('A and B are of one speaker and two phones, X of the phone of A, all in one context', () => {
  for (const across of [false, true]) {
    const triples = triplesOf(said, { across })
    expect(triples.length).toBeGreaterThan(20)
    expect(new Set(triples.map(triple => JSON.stringify(triple))).size).toBe(triples.length)
    for (const { a, b, x } of triples) {
      expect(a).not.toBe(x)
      expect(said[a]?.phone).toBe(said[x]?.phone)
      expect(said[a]?.phone).not.toBe(said[b]?.phone)
      expect(new Set([a, b, x].map(place => said[place]?.context)).size).toBe(1)
      expect(said[a]?.speaker).toBe(said[b]?.speaker)
      expect(said[a]?.speaker === said[x]?.speaker).toBe(!across)
    }
  }
})

test('the seed decides, and there are no more than asked for', () => {
  expect(triplesOf(said, { seed: 1 })).toEqual(triplesOf(said, { seed: 1 }))
  expect(triplesOf(said, { seed: 1 })).not.toEqual(triplesOf(said, { seed: 2 }))
  expect(triplesOf(said, { most: 7 })).toHaveLength(7)
  expect(
    triplesOf(
      said.filter(({ speaker }) => speaker === 's'),
      { across: true },
    ),
  ).toEqual([])
})

test('½ where all is alike, 0 where phones are apart, 1 where they are mixed up', () => {
  const triples = triplesOf(said)
  const phone = (place: number) => said[place]?.phone
  expect(abxError(said, triples, () => 0.3)).toBe(0.5)
  expect(abxError(said, triples, (x, y) => (phone(x) === phone(y) ? 0.1 : 0.4))).toBe(0)
  expect(abxError(said, triples, (x, y) => (phone(x) === phone(y) ? 0.4 : 0.1))).toBe(1)
  expect(abxError(said, [], () => 0)).toBeNaN()
})

test('contexts are averaged first, then speakers, then pairs of phones', () => {
  // pair a-i: speaker s has the contexts k (1, 1, 0) and l (0), speaker t the context k (1); pair i-a: s, k (0)
  const words = [
    say('a', 'k', 's'),
    say('i', 'k', 's'),
    say('a', 'l', 's'),
    say('i', 'l', 's'),
    say('a', 'k', 't'),
    say('i', 'k', 't'),
  ]
  const wrong = [
    { a: 0, b: 1, x: 0 },
    { a: 0, b: 1, x: 0 },
  ]
  const right = [
    { a: 0, b: 1, x: 0 },
    { a: 2, b: 3, x: 2 },
    { a: 1, b: 0, x: 1 },
  ]
  const triples = [...wrong, ...right, { a: 4, b: 5, x: 4 }]
  const errors = [1, 1, 0, 0, 0, 1]
  let asked = -1
  const error = abxError(words, triples, (x, other) => {
    if (x === other) asked++ // A is asked for first
    return x === other ? (errors[asked] ?? 0) : 0.5
  })
  const ofS = (2 / 3 + 0) / 2
  expect(error).toBeCloseTo(((ofS + 1) / 2 + 0) / 2, 12)
})
