import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { array, evaluate, type Given, randomArray } from '../engine/testing.js'
import { at } from '../nn/testing.js'
import { type Draw, draw } from '../program/trace.js'
import type { Tensor } from '../tensor/tensor.js'
import { colourJitter, type JitterOptions, luminance, randomGreyscale, randomSolarise, turnHue } from './colour.js'
import { difference, fixedDraw } from './testing.js'

type Colour = readonly [red: number, green: number, blue: number]

const none: JitterOptions = { brightness: 0, contrast: 0, saturation: 0, hue: 0, probability: 1 }
const run = async (build: (x: Tensor) => Tensor, x: Given, precision: 'float64' | 'float32' = 'float64') =>
  (await evaluate(pictures => ({ y: build(pictures) }), [x], { precision })).y ?? []

/** Picture n as a list of its colours. */
const coloursOf = (x: Given, n: number): Colour[] =>
  [...Array((x.shape[2] ?? 0) * (x.shape[3] ?? 0)).keys()].map(place => {
    const channel = (c: number) => at({ ...x, shape: [x.shape[0] ?? 0, 3, (x.shape[2] ?? 0) ** 2] }, n, c, place)
    return [channel(0), channel(1), channel(2)]
  })
/** Colours of one picture as [3, H, W]. */
const planes = (colours: readonly Colour[]): number[] => [0, 1, 2].flatMap(c => colours.map(colour => colour[c] ?? 0))

const each = (colour: Colour, f: (value: number) => number): Colour => [f(colour[0]), f(colour[1]), f(colour[2])]
const clipped = (value: number) => Math.min(1, Math.max(0, value))
const greyOf = ([r, g, b]: Colour) => 0.299 * r + 0.587 * g + 0.114 * b

type Change = (picture: readonly Colour[]) => Colour[]
const brightness =
  (f: number): Change =>
  picture =>
    picture.map(colour => each(colour, value => clipped(f * value)))
const contrast =
  (f: number): Change =>
  picture => {
    const mean = picture.reduce((sum, colour) => sum + greyOf(colour), 0) / picture.length
    return picture.map(colour => each(colour, value => clipped(f * value + (1 - f) * mean)))
  }
const saturation =
  (f: number): Change =>
  picture =>
    picture.map(colour => each(colour, value => clipped(f * value + (1 - f) * greyOf(colour))))
const hue =
  (turn: number): Change =>
  picture =>
    picture.map(colour => {
      const [h, s, v] = toHsv(colour)
      return fromHsv(h + turn, s, v)
    })

function toHsv([r, g, b]: Colour): [number, number, number] {
  const value = Math.max(r, g, b)
  const chroma = value - Math.min(r, g, b)
  if (chroma === 0) return [0, 0, value]
  const sixths = value === r ? (g - b) / chroma : value === g ? 2 + (b - r) / chroma : 4 + (r - g) / chroma
  return [sixths / 6, chroma / value, value]
}

/** By the six sectors of the textbook. */
function fromHsv(hue: number, s: number, v: number): Colour {
  const h = 6 * (hue - Math.floor(hue))
  const sector = Math.floor(h) % 6
  const f = h - Math.floor(h)
  const [p, q, t] = [v * (1 - s), v * (1 - s * f), v * (1 - s * (1 - f))]
  const sectors: readonly Colour[] = [
    [v, t, p],
    [q, v, p],
    [p, v, t],
    [p, q, v],
    [t, p, v],
    [v, p, q],
  ]
  return sectors[sector] ?? [0, 0, 0]
}

const pictures = randomArray([4, 3, 5, 5], { seed: 4, low: 0 })
const changed = (change: Change) => [0, 1, 2, 3].flatMap(n => planes(change(coloursOf(pictures, n))))

describe('one change alone, at both ends of its range', () => {
  test.each(
    [0, 0.999].flatMap(share => [
      ['brightness', share, brightness] as const,
      ['contrast', share, contrast] as const,
      ['saturation', share, saturation] as const,
    ]),
  )('%s, drawn at %d of the way', async (name, share, change) => {
    const y = await run(x => colourJitter(x, fixedDraw(share), { ...none, [name]: 0.8 }), pictures)
    expect(difference(y, changed(change(0.2 + 1.6 * share)))).toBeLessThan(1e-12)
  })

  test('hue', async () => {
    const y = await run(x => colourJitter(x, fixedDraw(0.1), { ...none, hue: 0.2 }), pictures)
    expect(difference(y, changed(hue(-0.16)))).toBeLessThan(1e-6)
  })

  test('more than 1 darkens to black, and not beyond', async () => {
    const y = await run(x => colourJitter(x, fixedDraw(0), { ...none, brightness: 1.6 }), pictures)
    expect(new Set(y)).toEqual(new Set([0]))
  })
})

describe('turning the hue', () => {
  const turned = (colours: readonly Colour[], turn: number) =>
    run(x => turnHue(x, draw.uniform([1], turn, turn)), array([1, 3, 1, colours.length], planes(colours)))
  const primaries: readonly Colour[] = [
    [0.9, 0.1, 0.1],
    [0.1, 0.9, 0.1],
    [0.1, 0.1, 0.9],
  ]

  test.each([1 / 3, -2 / 3, 4 / 3])('by %d: red to green to blue to red', async turn => {
    const [red, green, blue] = primaries as [Colour, Colour, Colour]
    expect(difference(await turned(primaries, turn), planes([green, blue, red]))).toBeLessThan(1e-9)
  })

  test('by a half: the complement; grey, black and white stay', async () => {
    const colours: Colour[] = [
      [1, 0.5, 0],
      [0.4, 0.4, 0.4],
      [0, 0, 0],
      [1, 1, 1],
    ]
    const expected: Colour[] = [[0, 0.5, 1], ...colours.slice(1)]
    expect(difference(await turned(colours, 0.5), planes(expected))).toBeLessThan(1e-9)
  })

  test('as through HSV and back, any colours by any turn', async () => {
    const part = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.25, 1))
    const colours = fc.array(fc.tuple(part, part, part), { minLength: 1, maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(colours, fc.double({ min: -1, max: 1, noNaN: true }), async (given, turn) => {
        // the quotient of a chroma below 1e-8 is cut off, where no eye sees the difference
        expect(difference(await turned(given, turn), planes(hue(turn)(given)))).toBeLessThan(1e-7)
      }),
      { numRuns: 25 },
    )
  })
})

test('every order of the four changes occurs, clipped after each', async () => {
  const n = 240
  const one = randomArray([1, 3, 4, 4], { seed: 6, low: 0 })
  const many = array([n, 3, 4, 4], Array<readonly number[]>(n).fill(one.values).flat())
  const strong = { brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.2, probability: 1 }
  const changes = [brightness(1.64), contrast(1.64), saturation(1.64), hue(0.16)]
  const orders = permutations(changes).map(order =>
    planes(order.reduce((picture, change) => change(picture), coloursOf(one, 0))),
  )
  const y = await run(x => colourJitter(x, fixedDraw(0.9), strong), many)
  const found = new Set<number>()
  for (let i = 0; i < n; i++) {
    const picture = y.slice(48 * i, 48 * (i + 1))
    const matching = orders.flatMap((order, k) => (difference(picture, order) < 1e-6 ? [k] : []))
    expect(matching).toHaveLength(1)
    found.add(matching[0] ?? -1)
  }
  expect(found.size).toBe(24)
})

describe('nothing changes', () => {
  const full = { brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.2, probability: 1 }

  test.each([
    ['without strength', none],
    ['without probability', { ...full, probability: 0 }],
  ])('%s', async (_, options) => {
    const y = await run(x => colourJitter(x, draw, options), pictures, 'float32')
    expect(difference(y, pictures.values)).toBeLessThan(1e-6)
  })

  test('in the pictures that were not chosen; the chosen change', async () => {
    const many = randomArray([400, 3, 2, 2], { low: 0.1, high: 0.9 })
    const y = await run(x => colourJitter(x, draw, { ...full, probability: 0.8 }), many)
    const same = [...Array(400).keys()].filter(
      i => difference(y.slice(12 * i, 12 * i + 12), many.values.slice(12 * i, 12 * i + 12)) < 1e-6,
    )
    expect(Math.abs(same.length / 400 - 0.2)).toBeLessThan(4 * Math.sqrt(0.16 / 400))
    expect(y.every(value => value >= 0 && value <= 1)).toBe(true)
  })
})

test.each([1, 2, 3, 5])('a batch of %i: each picture changes by its own draws alone', async n => {
  const x = randomArray([n, 3, 3, 3], { seed: 8, low: 0 })
  const options = { brightness: 0, contrast: 0, saturation: 0.8, hue: 0.2, probability: 1 }
  const y = await run(p => colourJitter(p, fixedDraw(0.9), options), x)
  const either = [
    [saturation(1.64), hue(0.16)],
    [hue(0.16), saturation(1.64)],
  ]
  expect(y).toHaveLength(n * 27)
  for (let i = 0; i < n; i++) {
    const expected = either.map(order => planes(order.reduce((p, change) => change(p), coloursOf(x, i))))
    const errors = expected.map(values => difference(y.slice(27 * i, 27 * (i + 1)), values))
    expect(Math.min(...errors)).toBeLessThan(1e-6)
  }
})

test('grey pictures: brightness and contrast about their own mean', async () => {
  const grey = randomArray([5, 1, 3, 3], { low: 0 })
  const options = { brightness: 0, contrast: 0.8, saturation: 0.8, hue: 0.2, probability: 1 }
  const y = await run(x => colourJitter(x, fixedDraw(0.25), options), grey)
  const expected = grey.values.map((value, i) => {
    const mean = grey.values.slice(9 * Math.floor(i / 9), 9 * Math.floor(i / 9) + 9).reduce((a, b) => a + b, 0) / 9
    return clipped(0.6 * value + 0.4 * mean)
  })
  expect(difference(y, expected)).toBeLessThan(1e-12)
})

test('luminance has the weights of BT.601; of a grey picture it is the picture', async () => {
  const expected = [0, 1, 2, 3].flatMap(n => coloursOf(pictures, n).map(greyOf))
  expect(difference(await run(luminance, pictures), expected)).toBeLessThan(1e-12)
  const grey = randomArray([2, 1, 2, 2])
  expect(await run(luminance, grey)).toEqual(grey.values)
})

describe.each([
  [
    'greyscale',
    randomGreyscale,
    changed(picture => picture.map(colour => [greyOf(colour), greyOf(colour), greyOf(colour)])),
  ],
  ['solarise', randomSolarise, pictures.values.map(value => (value < 0.5 ? value : 1 - value))],
] as const)('%s', (_, change: (x: Tensor, d: Draw, p: number) => Tensor, all) => {
  test('of none, of all', async () => {
    expect(await run(x => change(x, draw, 0), pictures)).toEqual(pictures.values)
    expect(difference(await run(x => change(x, draw, 1), pictures), all)).toBeLessThan(1e-12)
  })

  test('of its share, each picture whole', async () => {
    const n = 1000
    const many = array([n, 3, 1, 2], Array<number[]>(n).fill([0.9, 0.8, 0.7, 0.6, 0.2, 0.1]).flat())
    const y = await run(x => change(x, draw, 0.3), many)
    const changedPixels = [0, 1].map(
      place => [...Array(n).keys()].filter(i => Math.abs((y[6 * i + place] ?? 0) - (0.9 - 0.1 * place)) > 0.01).length,
    )
    expect(changedPixels[0]).toBe(changedPixels[1])
    expect(Math.abs((changedPixels[0] ?? 0) / n - 0.3)).toBeLessThan(4 * Math.sqrt(0.21 / n))
  })
})

test('a grey picture stays as it is in greyscale', async () => {
  const grey = randomArray([2, 1, 2, 2])
  expect(await run(x => randomGreyscale(x, draw, 1), grey)).toEqual(grey.values)
})

test('exactly ½ is inverted to itself', async () => {
  expect(await run(x => randomSolarise(x, draw, 1), array([1, 1, 1, 3], [0.5, 0.25, 1]))).toEqual([0.5, 0.25, 0])
})

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map(rest => [item, ...rest]))
}
