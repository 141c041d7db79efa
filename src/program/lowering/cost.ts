import type { Primitive, TensorOf } from '../../tensor/primitives.js'
import { type Shape, sizeOf } from '../../tensor/shape.js'

export type Convolution = Extract<Primitive, 'conv' | 'convInput' | 'convWeight'>

/** What the cost of a convolution and of its two gradients depends on. */
export interface Geometry {
  readonly samples: number
  /** Channels, of one group */
  readonly inputs: number
  readonly outputs: number
  readonly groups: number
  /** Numbers in the input, in the output and in the weight */
  readonly x: number
  readonly y: number
  readonly weight: number
  /** Places of the output of one sample, of the kernel, and tiles of one sample */
  readonly places: number
  readonly taps: number
  readonly tiles: number
}

export function geometryOf(t: TensorOf<Convolution>): Geometry {
  const [a, b] = t.inputs.map(({ shape }) => shape) as [Shape, Shape]
  const [x, weight, y] = { conv: [a, b, t.shape], convInput: [t.shape, b, a], convWeight: [a, t.shape, b] }[t.op]
  const [outputs = 1, inputs = 1, ...kernel] = weight as Shape
  const { groups } = t.attributes
  const places = (y as Shape).slice(2)
  return {
    samples: a[0] ?? 1,
    inputs,
    outputs: outputs / groups,
    groups,
    x: sizeOf(x as Shape),
    y: sizeOf(y as Shape),
    weight: sizeOf(weight as Shape),
    places: sizeOf(places),
    taps: sizeOf(kernel),
    tiles: sizeOf(places.map(size => Math.ceil(size / 4))),
  }
}

/**
 * What one core does in a millisecond, fitted to what `npm run bench -- --only forms` measured on one with AVX-512, where the
 * chosen forms take 0.4 to 3.2 times their estimate, 1.1 in the median, and 0.7 to 1.7 % more than the fastest ones. Nothing
 * is timed when a program is compiled, so that a run that goes on after a break computes what it would have computed. Where
 * the rates of a machine are in other proportions, the same benchmark shows it.
 */
const RATES = {
  /** Numbers read or written by what goes through memory once */
  moved: 3.5e6,
  /** Multiply-adds of a blocked convolution */
  blocked: 95e6,
  /** Multiply-adds of a matrix product with long sides */
  product: 95e6,
  /** Multiply-adds of the products with the small matrices of the tiles */
  transform: 28e6,
  /** Multiply-adds in int8, on a processor with VNNI, where those of a blocked convolution are as above */
  int8: 310e6,
}

/** So many numbers read and written. */
const pass = (numbers: number): number => (2 * numbers) / RATES.moved
const blockedWork = ({ y, inputs, taps }: Geometry): number => (y * inputs * taps) / RATES.blocked
/** One operand read and a result written beside it, with the weight blocked. */
const blocked = (g: Geometry): number => blockedWork(g) + pass((g.x + g.y) / 2) + pass(g.weight)

/** Operands are packed and results written: as much again as the multiplications where one side is 60 and the others are long. */
const product = (count: number, ...sides: readonly [number, number, number]): number =>
  (count * sides[0] * sides[1] * sides[2] * (1 + sides.reduce((sum, side) => sum + 60 / side, 0))) / RATES.product

/** Matrix products with all that the places of the kernel see, sample by sample. */
const unfolded = (g: Geometry): number =>
  product(g.samples * g.groups, g.outputs, g.inputs * g.taps, g.places) + (g.taps > 1 ? pass(columns(g)) : 0)
const columns = ({ samples, groups, inputs, taps, places }: Geometry): number =>
  samples * groups * inputs * taps * places

/** Tiles of 6×6 numbers, whose 36 points are products over channels; those of the output have 4×4. */
const POINTS = 36
const PLACES = 16
const tiles = (g: Geometry, channels: number): number => g.samples * g.tiles * channels
const transform = (g: Geometry, channels: number, places: number): number =>
  (tiles(g, channels) * POINTS * places) / RATES.transform
const atPoints = (g: Geometry): number =>
  product(POINTS, g.samples * g.tiles, g.inputs, g.outputs) + pass((POINTS * g.weight) / g.taps)
/** Channels last with a row of zeros, the tiles gathered and transformed. */
const toPoints = (g: Geometry, numbers: number, channels: number): number =>
  2 * pass(numbers) + pass(POINTS * tiles(g, channels)) + transform(g, channels, POINTS)
/** Transformed, gathered and put into the layout of the device. */
const fromPoints = (g: Geometry, numbers: number, channels: number): number =>
  transform(g, channels, PLACES) + 2 * pass(numbers)

/**
 * In int8: what is moved before and after, columns of bytes that are gathered, their product, which takes as long again where it
 * has 30 columns and others are many, and the weight quantised. Bytes that are gathered move eleven times as fast as other numbers;
 * some twenty operators take 0.15 ms to begin.
 */
const integers = (g: Geometry, gathered: number, results: number, moved: number): number =>
  (g.y * g.inputs * g.taps * (1 + 30 / results)) / RATES.int8 +
  pass(moved + (g.samples * gathered * g.taps * g.places) / 11 + 3 * g.weight) +
  0.15
/** Of a stride more than 1, whose places are put beside each other. */
const isStrided = (g: Geometry): boolean => g.x / g.inputs > 1.5 * (g.y / g.outputs)

/** Estimates in milliseconds, by the names that the forms have. */
export const costs = {
  conv: {
    /** Quantised and brought channels last; brought back */
    int8: (g: Geometry) => integers(g, g.inputs, g.outputs, g.x + 1.3 * g.y),
    tiles: (g: Geometry) => toPoints(g, g.x, g.inputs) + atPoints(g) + fromPoints(g, g.y, g.outputs),
    blocked,
    plain: unfolded,
  },
  convInput: {
    /** Normalised before and scaled back afterwards, too */
    int8: (g: Geometry) => integers(g, g.outputs, g.inputs, 2 * g.y + (isStrided(g) ? 2 : 1.3) * g.x),
    tiles: (g: Geometry) => toPoints(g, g.y, g.outputs) + atPoints(g) + fromPoints(g, g.x, g.inputs),
    blocked,
    /** The four kinds of places, one after the other and then each in its place */
    phases: (g: Geometry) => blocked(g) + 2 * pass(g.x),
    plain: unfolded,
    transposed: (g: Geometry) => unfolded(g) + pass(g.x),
  },
  convWeight: {
    tiles: (g: Geometry) =>
      toPoints(g, g.x, g.inputs) +
      2 * pass(g.y) +
      pass(PLACES * tiles(g, g.outputs)) +
      transform(g, g.outputs, PLACES) +
      atPoints(g),
    /** With zeros around, channels last and then samples last, perhaps in bands; the output transposed on one thread */
    samples: (g: Geometry) => 1.1 * blockedWork(g) + (g.places > 256 ? 4 : 3) * pass(g.x) + 1.25 * pass(g.y),
    /** Moved by the columns of the kernel, pixels last */
    pixels: (g: Geometry) =>
      blockedWork(g) + pass(3 * Math.sqrt(g.taps) * g.x) + pass(g.y / 2) + pass((g.samples * g.weight) / 2),
    columns: (g: Geometry) =>
      2 * pass(g.x) + pass(g.y) + pass(columns(g)) + product(1, g.outputs, g.samples * g.places, g.inputs * g.taps),
    places: (g: Geometry) =>
      pass(columns(g)) +
      product(g.samples * g.groups * g.taps, g.outputs, g.inputs, g.places) +
      pass(g.samples * g.weight),
    product: (g: Geometry) => 2 * pass(columns(g)) + unfolded(g) + pass(g.samples * g.weight),
  },
} as const satisfies { readonly [P in Convolution]: Readonly<Record<string, (g: Geometry) => number>> }
