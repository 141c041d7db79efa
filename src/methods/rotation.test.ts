import { describe, expect, test } from 'vitest'
import { imageIn } from '../channels/bound.js'
import { configOf, deviationsFrom, pictured, trainedOn, whiteNoise } from '../training/testing.js'

/** Dark above, light below, with noise: which side is up can be told from brightness alone. */
function darkAbove(config: ReturnType<typeof configOf>, number: number): Uint8Array {
  const { size, colours: channels } = imageIn(config.channels)
  return whiteNoise(config, number).map((value, i) => {
    const row = Math.floor(i / (size * channels)) % size
    return value / 2 + (row < size / 2 ? 0 : 127)
  })
}

test.each([1, 3] as const)(
  'the first step with %i channel(s) is near chance, ln 4, and moves every weight',
  async channels => {
    const config = configOf('rotation', {}, { channels: pictured(16, channels), steps: 1 })
    const { first, chance, unchanged } = await trainedOn(config, number => whiteNoise(config, number))
    expect(chance).toBeCloseTo(1.38629, 5)
    expect(Math.abs((first.loss ?? 0) / chance - 1)).toBeLessThan(0.15)
    expect(unchanged).toEqual([])
  },
)

test('white noise has no right way up: a trained network stays at chance', async () => {
  const config = configOf('rotation', {}, { steps: 60 })
  const { measures } = await trainedOn(config, number => whiteNoise(config, number), 20)
  expect(deviationsFrom(1 / 4, measures.accuracy ?? 0, 20 * 4 * config.batch)).toBeLessThan(4)
})

describe('pictures that are dark above', () => {
  const config = configOf('rotation', {}, { steps: 30, batch: 8 })
  const trained = trainedOn(config, number => darkAbove(config, number))

  test('are put upright', async () => {
    const { measures } = await trained
    expect(measures.accuracy).toBeGreaterThan(0.95)
    expect(measures.loss).toBeLessThan(0.5)
  })

  test('are shown turned, then as the network turns them back, then as they are', async () => {
    const { columns } = await trained
    expect(columns.map(({ title }) => title)).toEqual(['shown', 'turned back as guessed', 'the right way up'])
    const [shown, back, upright] = columns.map(({ pictures }) => Buffer.from(pictures))
    expect(back).toEqual(upright)
    expect(upright).toEqual(Buffer.from(darkAbove(config, config.steps)))
    expect(shown).not.toEqual(upright)
  })
})
