import { expect, test } from 'vitest'
import { memoryColumn } from '../data/columns.js'
import { numbered, setInMemory } from '../data/memory.js'
import { array, evaluate } from '../engine/testing.js'
import { uniforms } from '../program/draws.js'
import { logMelWithDeltas, mfccWithDeltas } from '../views/index.js'
import { openRawSound } from './raw-sound.js'

const rate = 8000
/** Shorter than a frame, one frame, less than a window of 4 s, a window, and a little or much more. */
const lengths = [60, 200, 3000, 4 * rate, 4 * rate + 80, 9 * rate + 33]

/** Noise whose loudness comes and goes. */
function recordings() {
  const next = uniforms(4, 0, 'raw sound')
  const waves = lengths.map(length =>
    Array.from({ length }, (_, i) => Math.round(9000 * (1 + Math.sin(i / 900)) * (2 * next() - 1))),
  )
  const audio = memoryColumn({ kind: 'audio', rate, length: Math.max(...lengths) }, waves)
  return { waves, recordings: setInMemory({ audio }, numbered(lengths.length)) }
}

const kinds = { 'log-mel': logMelWithDeltas, mfcc: mfccWithDeltas } as const

test.each([
  ['log-mel', 160],
  ['mfcc', 39],
] as const)('%s: mean and deviation over all frames of a recording, as of the recording uncut', async (kind, width) => {
  const { waves, recordings: set } = recordings()
  const raw = await openRawSound(kind, { rate }, { threads: 1 })
  try {
    const { values, count, width: both } = await raw.vectors(set)
    expect([count, both, raw.width]).toEqual([lengths.length, 2 * width, width])
    for (const [i, wave] of waves.entries()) {
      const heard = [...wave, ...Array<number>(Math.max(0, 200 - wave.length)).fill(0)].map(value => value / 2 ** 15)
      const { mean = [], deviation = [] } = await evaluate(
        x => {
          const frames = kinds[kind](x, rate)
          return { mean: frames.mean(1), deviation: frames.variance(1).maximum(0).sqrt() }
        },
        [array([1, heard.length], heard)],
      )
      const row = values.subarray(2 * width * i, 2 * width * (i + 1))
      for (const [part, expected] of [mean, deviation].entries())
        for (const [d, value] of expected.entries()) {
          expect(Math.abs((row[part * width + d] ?? Number.NaN) - value)).toBeLessThan(2e-4)
        }
    }
  } finally {
    await raw.close()
  }
})
