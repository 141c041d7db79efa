import { concat } from '../../../tensor/movement.js'
import { range, sizes } from '../../../tensor/shape.js'
import { constant, type Tensor } from '../../../tensor/tensor.js'
import { thereOf } from '../../../tensor/there.js'
import { type Band, cochlea } from './cochlea.js'
import { type Complex, fourier, sizeOfBackwards } from './fourier.js'

/** Envelopes a second */
export const ENVELOPE_RATE = 400
/** As the ear hears loudness */
const COMPRESSION = 0.3
/** Seconds over which a recording begins and ends, since a filter hears a sudden end as a click */
const FADE = 0.02
/** Silence after the window, in seconds: what filters let ring at the end does not come round to the beginning */
const QUIET = 0.2
/** Windows are transformed in whole ones of this many seconds, whose numbers have small factors */
const GRAIN = 0.2
/** Lobes of the filter to each side that comes before fewer envelopes are kept */
const LOBES = 8

/** Seconds that are transformed of a window. */
export const transformedSeconds = (seconds: number): number => Math.ceil((seconds + QUIET) / GRAIN - 1e-9) * GRAIN

/**
 * How loud each band of the ear is at each moment: the size of the analytic signal of each, compressed, 400 times a second.
 *
 * The analytic signal of a band has few frequencies, those that its filter lets through. Moved down to 0, which leaves its size as
 * it is, it is made of as many numbers a second as the band is Hz wide, and not of the rate of the wave: an eighth of the work.
 *
 * @param waves float [N, length]
 * @param lengths int [N]: what comes after is silence
 * @returns [N, bands, 400 · `transformedSeconds`], of which 400 · lengths / rate are there
 */
export function envelopes(waves: Tensor, lengths: Tensor, rate: number): Tensor {
  const [n, length] = sizes(waves.shape, 2)
  const seconds = transformedSeconds(length / rate)
  const size = Math.round(seconds * rate)
  const spectrum = fourier(faded(waves, lengths, rate).pad(1, 0, size - length))
  const bands = cochlea(rate, seconds)
  const moments = Math.round(ENVELOPE_RATE * seconds)
  const times = bands.map(({ weights }) => Math.max(LEAST, Math.ceil(weights.length / moments)))
  const made = [...new Set(times)].map(each => {
    const members = range(bands.length).filter(k => times[k] === each)
    const own = members.map(k => bands[k] as Band)
    const loud = sizeOfBackwards(analytic(spectrum, own, { numbers: each * moments, size }))
    const compressed = loud.maximum(1e-30).pow(COMPRESSION)
    return { members, values: fewer(compressed, each).reshape(n, members.length, moments) }
  })
  const order = made.flatMap(({ members }) => members)
  const all = concat(
    made.map(({ values }) => values),
    1,
  )
  return all.gather(
    constant(
      range(bands.length).map(k => order.indexOf(k)),
      [bands.length],
      'int',
    ),
    1,
  )
}

/** Envelopes of narrow bands too are made of twice as many numbers as are kept: compressed, they change faster */
const LEAST = 2

/** The wave as far as it is there, faded in and out. */
function faded(waves: Tensor, lengths: Tensor, rate: number): Tensor {
  const [n, length] = sizes(waves.shape, 2)
  const places = constant(range(length), [1, length])
  const toEnd = lengths.cast('float').reshape(n, 1).sub(places)
  const near = places
    .add(0.5)
    .minimum(toEnd.sub(0.5))
    .div(FADE * rate)
  const weight = near
    .clip(0, 1)
    .mul(Math.PI / 2)
    .sin()
    .square()
  return waves.mul(thereOf(lengths, length).reshape(n, length)).mul(weight)
}

/** The frequencies of each band from 0 on, twice as strong for want of their mirror images: [N · bands, numbers] */
function analytic(
  { re, im }: Complex,
  bands: readonly Band[],
  { numbers, size }: { numbers: number; size: number },
): Complex {
  const [n, all] = sizes(re.shape, 2)
  const places = bands.flatMap(({ first }) => range(numbers).map(i => Math.min(first + i, all - 1)))
  const weights = bands.flatMap(({ first, weights }) =>
    range(numbers).map(i => {
      const mirrored = first + i > 0 && first + i < size / 2
      return ((weights[i] ?? 0) * (mirrored ? 2 : 1)) / size
    }),
  )
  const [which, by] = [constant(places, [places.length], 'int'), constant(weights, [1, weights.length])]
  const taken = (part: Tensor) =>
    part
      .gather(which, 1)
      .mul(by)
      .reshape(n * bands.length, numbers)
  return { re: taken(re), im: taken(im) }
}

/** One number of so many, after a filter that leaves what the fewer can tell: [rows, times · count] → [rows, count], at least 0 */
function fewer(x: Tensor, times: number): Tensor {
  const reach = LOBES * times
  const sinc = (i: number) => (i === 0 ? 1 : Math.sin((Math.PI * i) / times) / ((Math.PI * i) / times))
  const taps = range(2 * reach + 1).map(i => {
    const at = i - reach
    return sinc(at) * Math.cos((Math.PI * at) / (2 * (reach + 1))) ** 2
  })
  const sum = taps.reduce((total, tap) => total + tap, 0)
  const filter = constant(
    taps.map(tap => tap / sum),
    [1, 1, taps.length],
  )
  const rows = x.size(0)
  const filtered = x.reshape(rows, 1, -1).conv(filter, { stride: times, padding: [[reach, reach]] })
  return filtered
    .reshape(rows, -1)
    .slice(1, 0, x.size(1) / times)
    .maximum(0)
}
