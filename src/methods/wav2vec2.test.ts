import { describe, expect, test } from 'vitest'
import { relativeError } from '../engine/testing.js'
import { stepped, voice } from './testing.js'
import { wav2vec2 } from './wav2vec2.js'

const options = { seconds: 1, span: 3, start: 0.15, codes: 8, projection: 16, distractors: 5 }
const recordings = [voice(6000, 1), voice(3500, 2)]

describe.each([
  ['codes that are learnt', {}],
  ['the latents themselves', { quantise: false }],
])('%s', (_, changes) => {
  test('padding changes neither the loss nor any gradient', async () => {
    const given = { options: { ...options, ...changes }, prepared: undefined }
    const step = (length: number) => stepped(wav2vec2, given, recordings, length, { progress: 0.3 })
    const [short, long] = [await step(6000), await step(9200)]
    expect(short.loss).toBeGreaterThan(0.5)
    expect(long.loss).toBeCloseTo(short.loss, 10)
    for (const [name, gradient] of Object.entries(short.gradients))
      expect(relativeError(long.gradients[name], gradient), name).toBeLessThan(1e-8)
  })
})
