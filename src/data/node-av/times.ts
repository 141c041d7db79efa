import { type Ratio, UNKNOWN } from './library.js'

/** A moment in ticks of one clock, in those of another: to the nearest, halves away from zero. */
export function rescale(value: bigint, from: Ratio, to: Ratio): bigint {
  if (value === UNKNOWN) return value
  const [above, below] = [value * BigInt(from.num) * BigInt(to.den), BigInt(from.den) * BigInt(to.num)]
  const half = below / 2n
  return above >= 0n ? (above + half) / below : -((-above + half) / below)
}

/**
 * Moments of pieces of sound in their own numbers: one begins where the one before ends, unless the file, whose clock may be a
 * coarse one, says otherwise by more than it can round.
 * @see FFmpeg's av_rescale_delta
 */
export function soundClock(from: Ratio, rate: number): (moment: bigint, numbers: number) => bigint {
  const to = { num: 1, den: rate }
  let next = UNKNOWN
  return (moment, numbers) => {
    if (moment === UNKNOWN) moment = next === UNKNOWN ? 0n : rescale(next, to, from)
    const [above, below] = [BigInt(from.num) * BigInt(rate), 2n * BigInt(from.den)]
    const [low, high] = [floored((2n * moment - 1n) * above, below), -floored(-(2n * moment + 1n) * above, below)]
    const goesOn = next !== UNKNOWN && next >= 2n * low - high && next <= 2n * high - low
    const coarse = BigInt(from.num) * BigInt(rate) > BigInt(from.den)
    const begins = goesOn && coarse ? (next < low ? low : next > high ? high : next) : rescale(moment, from, to)
    next = begins + BigInt(numbers)
    return begins
  }
}

const floored = (above: bigint, below: bigint): bigint =>
  above >= 0n ? above / below : -((-above + below - 1n) / below)
