import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openEngine } from '../engine/node/engine.js'
import { evaluate, randomArray } from '../engine/testing.js'
import { compile } from '../program/compile.js'
import type { DrawKey } from '../program/draws.js'
import { type Draw, trace } from '../program/trace.js'
import { input, type Tensor } from '../tensor/tensor.js'
import { toFloat } from './picture.js'
import { resize } from './resample.js'
import { difference } from './testing.js'
import { randomView, type ViewOptions, viewOptions } from './view.js'

const stored = {
  shape: [6, 16, 16, 3],
  values: randomArray([6, 16, 16, 3], { low: 0, high: 256 }).values.map(Math.floor),
}
/** Nothing is left to chance. */
const still: ViewOptions = viewOptions.parse({
  crop: [1, 1],
  aspect: [1, 1],
  flip: 0,
  jitter: 0,
  greyscale: 0,
})
const wild: ViewOptions = viewOptions.parse({ blur: 0.5, solarise: 0.2, jitter: 1 })

/** What is made of the pictures by one key. */
async function made(
  build: (image: Tensor, draw: Draw) => Record<string, Tensor>,
  drawKey: DrawKey = { seed: 0, step: 0 },
): Promise<Record<string, number[]>> {
  const image = input('image', stored.shape, 'uint8')
  const { result: outputs, trace: traced } = trace({ training: true }, draw => build(image, draw))
  const target = { device: 'cpu', precision: 'float32' } as const
  const engine = openEngine({ ...target, threads: 1 })
  try {
    await engine.load('view', compile({ outputs, draws: traced.draws }, target))
    const results = await engine.run('view', { image: Uint8Array.from(stored.values) }, drawKey)
    return Object.fromEntries(Object.entries(results).map(([name, values]) => [name, Array.from(values, Number)]))
  } finally {
    await engine.close()
  }
}
const view = async (options: ViewOptions, size = 16, drawKey?: DrawKey) =>
  (await made((image, draw) => ({ y: randomView(image, draw, size, options) }), drawKey)).y ?? []

const each = (values: readonly number[]) => {
  const size = values.length / 6
  return [...Array(6).keys()].map(i => values.slice(i * size, (i + 1) * size))
}

test('without chance, a view is the picture; at another size, the picture resized', async () => {
  const { y } = await evaluate(image => ({ y: toFloat(image.cast('uint8')) }), [stored])
  expect(difference(await view(still), y ?? [])).toBeLessThan(1e-6)
  for (const size of [7, 24]) {
    const resized = await evaluate(image => ({ y: resize(toFloat(image.cast('uint8')), size).clip(0, 1) }), [stored])
    expect(difference(await view(still, size), resized.y ?? [])).toBeLessThan(1e-5)
  }
})

test('two views of a batch differ in every picture', async () => {
  const { a = [], b = [] } = await made((image, draw) => ({
    a: randomView(image, draw, 16, viewOptions.parse(undefined)),
    b: randomView(image, draw, 16, viewOptions.parse(undefined)),
  }))
  for (const [i, picture] of each(a).entries()) expect(difference(each(b)[i], picture)).toBeGreaterThan(0.05)
})

test('equal seed and step give equal views, another seed or step other ones', async () => {
  const at = (seed: number, step: number) => view(wild, 16, { seed, step })
  const original = await at(3, 5)
  expect(await at(3, 5)).toEqual(original)
  for (const other of [await at(4, 5), await at(3, 6)])
    for (const [i, picture] of each(original).entries())
      expect(difference(each(other)[i], picture)).toBeGreaterThan(0.05)
})

test.each([8, 16, 23])('at %i px every value is in [0, 1], and both halves of it are used', async size => {
  const y = await view(wild, size)
  expect(y).toHaveLength(6 * 3 * size * size)
  expect(y.every(value => value >= 0 && value <= 1)).toBe(true)
  expect(y.some(value => value < 0.25) && y.some(value => value > 0.75)).toBe(true)
})

test('greyscale for certain: the three channels are one', async () => {
  for (const picture of each(await view({ ...wild, greyscale: 1, solarise: 0 }))) {
    expect(difference(picture.slice(0, 256), picture.slice(256, 512))).toBeLessThan(1e-6)
    expect(difference(picture.slice(0, 256), picture.slice(512))).toBeLessThan(1e-6)
  }
})

test('solarise for certain is the last step: nothing stays above ½', async () => {
  const plain = await view({ ...wild, blur: 1, solarise: 0 }, 64)
  const solarised = await view({ ...wild, blur: 1, solarise: 1 }, 64)
  const expected = plain.map(value => (value < 0.5 ? value : 1 - value))
  expect(difference(solarised, expected)).toBeLessThan(1e-6)
})

test('blur for certain smooths every picture, by 2 px of 224 at most', async () => {
  const roughness = (picture: readonly number[]) =>
    picture.reduce((sum, value, i) => sum + (i % 64 === 0 ? 0 : Math.abs(value - (picture[i - 1] ?? 0))), 0)
  // at 64 px the deviation is 0.03 to 0.57 px: above 0.2 px or so a picture of fine detail loses some of it
  const [sharp, blurred] = await Promise.all([view({ ...still, blur: 0 }, 64), view({ ...still, blur: 1 }, 64)])
  const losses = each(sharp).map((picture, i) => 1 - roughness(each(blurred)[i] ?? []) / roughness(picture))
  expect(Math.min(...losses)).toBeGreaterThan(-1e-6)
  expect(Math.max(...losses)).toBeGreaterThan(0.005)
  expect(Math.max(...losses)).toBeLessThan(0.5)
})

describe('options', () => {
  const schema = z.object({ properties: z.record(z.string(), z.object({ description: z.string().min(10) })) })

  test('each says what it does, in the schema that the command line prints', () => {
    const { properties } = schema.parse(z.toJSONSchema(viewOptions, { io: 'output' }))
    expect(Object.keys(properties).sort()).toEqual(Object.keys(viewOptions.parse(undefined)).sort())
  })

  test.each([
    [{ crop: [1, 0.2] }, 'the smaller number comes first'],
    [{ aspect: [2, 0.5] }, 'the smaller number comes first'],
    [{ crop: [0, 1] }, 'crop'],
    [{ flip: 1.5 }, 'flip'],
    [{ jitter: -1 }, 'jitter'],
    [{ rotate: 1 }, 'rotate'],
  ])('%j is refused', (options, says) => {
    const { error } = viewOptions.safeParse(options)
    expect(JSON.stringify(error?.issues)).toContain(says)
  })
})
