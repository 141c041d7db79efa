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

/**
 * From one rate to another: a polyphase filter, a sinc in a Kaiser window. Up to 0.9 of half of the lower rate sound stays as it
 * is; of what lies beyond that half, 72 dB less is left. Number i of the output is the input at the time i / to, with silence
 * before it and after it; n numbers become round(n · to / from), at least one.
 */
export function resampler(from: number, to: number): Resampler {
  if (from === to) return { write: piece => piece, end: () => new Float32Array() }
  const { write, end } = chain(from, to)
  let [came, gave] = [0, 0]
  return {
    write(piece) {
      came += piece.length
      const out = write(piece)
      gave += out.length
      return out
    },
    end() {
      const wanted = came === 0 ? 0 : Math.max(1, Math.round((came * to) / from))
      return end().slice(0, Math.max(0, wanted - gave))
    },
  }
}

/** Where most of the band is thrown away, a short filter that halves the rate leaves the long one half of the work. */
function chain(from: number, to: number): Resampler {
  if (from < 2.5 * to) return polyphase(from, to)
  const [first, second] = [halving(from, to), chain(from / 2, to)]
  return {
    write: piece => second.write(first.write(piece)),
    end: () => joined(second.write(first.end()), second.end()),
  }
}

function polyphase(from: number, to: number): Resampler {
  const { numerator: down, denominator: up } = reduced(from, to)
  const lower = Math.min(1, up / down) / 2 // the highest frequency that both hold, in cycles a sample of the input
  const half = Math.ceil(halfLength((1 - PASSED) * lower))
  const taps = 2 * half
  const filters = new Float32Array(up * taps)
  for (let phase = 0; phase < up; phase++) {
    const filter = filters.subarray(phase * taps, (phase + 1) * taps)
    filter.forEach((_, k) => {
      filter[k] = lowPass(k - half + 1 - phase / up, (lower * (1 + PASSED)) / 2, half)
    })
    const sum = filter.reduce((total, weight) => total + weight)
    filter.forEach((weight, k) => {
      filter[k] = weight / sum
    })
  }
  let [index, phase] = [0, 0] // of the next output: its time in the input is index + phase / up
  return windowed(half - 1, half, input => {
    const out = new Float32Array(Math.max(0, Math.ceil(((input.whole - index) * up - phase) / down)))
    for (let i = 0; i < out.length; i++) {
      out[i] = dot(input.values, index - input.from, filters, phase * taps, taps)
      phase += down
      index += Math.floor(phase / up)
      phase %= up
    }
    return { out, next: index }
  })
}

/** Every second number, once nothing is left of what would fold back to below half of `to`. */
function halving(from: number, to: number): Resampler {
  const half = 2 * Math.ceil(halfLength(0.5 - to / from) / 2) + 7 // the rule is meant for longer ones
  // At even distances the weights are 0, but for the middle, which is one half
  const weights = Float32Array.from({ length: (half - 1) / 2 }, (_, j) => lowPass(2 * j + 1, 0.25, half))
  let index = 0
  return windowed(half - 2, half - 2, input => {
    const { values } = input
    const out = new Float32Array(Math.max(0, Math.ceil((input.whole - index) / 2)))
    for (let i = 0; i < out.length; i++) {
      const centre = index - input.from + half - 2
      let sum = 0.5 * (values[centre] as number)
      for (let j = 0; j < weights.length; j++)
        sum +=
          (weights[j] as number) * ((values[centre - 2 * j - 1] as number) + (values[centre + 2 * j + 1] as number))
      out[i] = sum
      index += 2
    }
    return { out, next: index }
  })
}

interface Input {
  /** From the one `before` the first that may still be asked for on */
  readonly values: Float32Array
  /** Place in the input that `values[before]` has */
  readonly from: number
  /** Places before this one have all that comes after them */
  readonly whole: number
}

/**
 * Keeps of the input what outputs still need, with silence before it and after it.
 * @param before numbers that an output needs before its place, `after` those beyond it
 * @param outputs computes all that can be told, and says which place it needs next
 */
function windowed(
  before: number,
  after: number,
  outputs: (input: Input) => { readonly out: Float32Array; readonly next: number },
): Resampler {
  let kept = new Float32Array(before)
  let [from, came] = [0, 0]
  const write = (piece: Float32Array) => {
    const values = joined(kept, piece)
    came += piece.length
    const { out, next } = outputs({ values, from, whole: came - after })
    kept = values.slice(next - from)
    from = next
    return out
  }
  return { write, end: () => write(new Float32Array(after)) }
}

/** Σ a[i + at] · b[i + bt], in four sums so that none waits for another. */
function dot(a: Float32Array, at: number, b: Float32Array, bt: number, count: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0]
  let i = 0
  for (; i + 3 < count; i += 4) {
    s0 += (a[at + i] as number) * (b[bt + i] as number)
    s1 += (a[at + i + 1] as number) * (b[bt + i + 1] as number)
    s2 += (a[at + i + 2] as number) * (b[bt + i + 2] as number)
    s3 += (a[at + i + 3] as number) * (b[bt + i + 3] as number)
  }
  for (; i < count; i++) s0 += (a[at + i] as number) * (b[bt + i] as number)
  return s0 + s1 + s2 + s3
}

function joined(a: Float32Array, b: Float32Array): Float32Array<ArrayBuffer> {
  const all = new Float32Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}

/** A ratio in whole numbers; what was halved may have fractions. */
function reduced(a: number, b: number): { readonly numerator: number; readonly denominator: number } {
  if (!Number.isInteger(a) || !Number.isInteger(b)) return reduced(2 * a, 2 * b)
  let [x, y] = [a, b]
  while (y > 0) [x, y] = [y, x % y]
  return { numerator: a / x, denominator: b / x }
}
