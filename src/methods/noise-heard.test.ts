import { expect, test } from 'vitest'
import { assemble } from '../assembly/assemble.js'
import { noiseFor } from '../evaluation/noise.js'
import { uniforms } from '../program/draws.js'
import { range } from '../tensor/shape.js'
import { configOf, trainedOn } from '../training/testing.js'
import { bestRq } from './best-rq.js'
import { hubert } from './hubert.js'
import { ear } from './testing.js'
import { wav2vec2 } from './wav2vec2.js'

const RATE = 16_000
const BATCH = 8
const STEPS = 60
const EXAMINED = 12
const channels = { audio: { kind: 'audio', rate: RATE, length: RATE } as const }

const next = uniforms(1, 0, 'centres')
const spans = { seconds: 1, span: 5, start: 0.12 }
const prepared = {
  hubert: {
    centres: range(6).map(() => range(39).map(() => 2 * next() - 1)),
    counts: Array(6).fill(5),
    sounds: range(6).map(() => Array(20).fill(0)),
  },
  bestRq: { seed: 3, counts: [Array(8).fill(4)] },
}

test.each([
  ['hubert', hubert, { ...spans, clusters: 6 }, prepared.hubert],
  ['best-rq', bestRq, { ...spans, codes: 8, bands: 20 }, prepared.bestRq],
  ['wav2vec2', wav2vec2, { ...spans, codes: 4, projection: 16 }, undefined],
  ['wav2vec2, the latents themselves', wav2vec2, { ...spans, projection: 16, quantise: false }, undefined],
] as const)('%s: of white noise nothing is guessed where nothing is heard', async (_, method, options, prepared) => {
  const config = configOf(method.name, options, {
    ...{ encoder: 'ear', channels, batch: BATCH, steps: STEPS, learningRate: 4e-3 },
    ...(prepared && { prepared }),
  })
  const batch = (number: number) => noiseFor(channels, BATCH, number)
  const { measures } = await trainedOn(config, batch, EXAMINED, assemble(config, { method, encoder: ear }))
  const name = 'accuracy where nothing of it is heard'
  const { [name]: value, ...beside } = Object.fromEntries(
    Object.entries(measures).filter(([key]) => key.startsWith(name)),
  )
  const bound = beside[Object.keys(beside).at(-1) ?? ''] ?? 1
  expect(value).toBeGreaterThan(0)
  expect([bound > 0, bound < 0.8]).toEqual([true, true])
  const frames = BATCH * EXAMINED * 10 // there are more in each recording
  expect(value).toBeLessThan(bound + 4 * Math.sqrt((bound * (1 - bound)) / frames))
})
