import { joined } from '../joined.js'
import { type Kernel, kernelOf } from './kernel.js'
import { halfLength, lowPass } from './low-pass.js'

/** Turns sound that comes piece by piece into the same at another rate. */
export interface Resampler {
  /** What can be told once this piece has come. */
  write(piece: Float32Array): Float32Array
  /** The rest. */
  end(): Float32Array
}

/** What passes as it is, as a share of what the lower of the two rates can hold. */
const PASSED = 0.9
/** Numbers that are worked on at a time. */
const BLOCK = 2 ** 14

/**
 * From one rate to another, in whole numbers: a polyphase filter, a sinc in a Kaiser window. Up to 0.9 of half of the lower rate
 * sound stays as it is; of what lies beyond that half, 72 dB less is left. Number i of the output is the input at the time i / to,
 * with silence before it and after it; n numbers become round(n · to / from), at least one.
 */
export function resampler(from: number, to: number): Resampler {
  if (from === to) return { write: piece => piece, end: () => new Float32Array() }
  const { up, down, half, kernel } = designed(from, to)
  let [index, phase] = [0, 0] // of the next output: its time in the input is index + phase / up
  let kept = new Float32Array(half - 1) // what comes before the first number is silence
  let [first, came, gave] = [0, 0, 0] // `kept` begins half − 1 before `first`

  const block = (piece: Float32Array): Float32Array => {
    const input = joined([kept, piece])
    came += piece.length
    const count = Math.max(0, Math.ceil(((came - half - index) * up - phase) / down))
    const out = kernel.outputs(input, index - first, phase, count)
    const next = phase + count * down
    index += Math.floor(next / up)
    phase = next % up
    kept = input.slice(index - first)
    first = index
    return out
  }
  const write = (piece: Float32Array): Float32Array => {
    const parts: Float32Array[] = []
    for (let at = 0; at < piece.length; at += BLOCK) parts.push(block(piece.subarray(at, at + BLOCK)))
    const out = parts.length === 1 && parts[0] ? parts[0] : joined(parts)
    gave += out.length
    return out
  }
  return {
    write,
    end() {
      const [wanted, before] = [came === 0 ? 0 : Math.max(1, Math.round((came * to) / from)), gave]
      return write(new Float32Array(half)).slice(0, wanted - before)
    },
  }
}

interface Design {
  readonly up: number
  readonly down: number
  /** Half of the numbers that an output is made of */
  readonly half: number
  readonly kernel: Kernel
}

// Files of one rate follow each other, and the filters of an odd one are large
const designs = new Map<string, Design>()
const MOST = 4

function designed(from: number, to: number): Design {
  const key = `${from} ${to}`
  const design = designs.get(key) ?? designOf(from, to)
  designs.delete(key)
  designs.set(key, design)
  for (const other of designs.keys()) if (designs.size > MOST) designs.delete(other)
  return design
}

function designOf(from: number, to: number): Design {
  const common = divisor(from, to)
  const [up, down] = [to / common, from / common]
  const lower = Math.min(1, to / from) / 2 // the highest frequency that both hold, in cycles a sample of the input
  const half = 4 * Math.ceil(halfLength((1 - PASSED) * lower) / 4)
  const taps = 2 * half
  const filters = new Float32Array(up * taps)
  for (let phase = 0; phase < up; phase++) {
    const filter = filters.subarray(phase * taps, (phase + 1) * taps)
    for (let k = 0; k < taps; k++) filter[k] = lowPass(k - half + 1 - phase / up, (lower * (1 + PASSED)) / 2, half)
    const sum = filter.reduce((total, weight) => total + weight)
    for (let k = 0; k < taps; k++) filter[k] = (filter[k] as number) / sum
  }
  return { up, down, half, kernel: kernelOf(filters, up, down) }
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b)
}
