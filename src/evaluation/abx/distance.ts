import { type Features, rowOf } from '../features.js'

/**
 * How unlike two stretches of frames are: the mean angle between frames, in half turns, along the path through both on which it
 * adds up to least (dynamic time warping). 0 where they point the same way, ½ orthogonal, 1 opposite; a frame of zeros is
 * orthogonal to all.
 *
 * @param a [T, width], T ≥ 1
 * @param b [U, width], U ≥ 1
 */
export function warpedAngle(a: Features, b: Features): number {
  const [lengthsA, lengthsB] = [a, b].map(lengthsOf) as [Float64Array, Float64Array]
  // total and steps of the best path to each frame of b, for the frame of a that is being looked at
  const totals = new Float64Array(b.count)
  const steps = new Float64Array(b.count)
  for (let i = 0; i < a.count; i++) {
    const row = rowOf(a, i)
    let [total, taken] = [0, 0] // of (i − 1, j − 1)
    for (let j = 0; j < b.count; j++) {
      const angle = angleOf(row, rowOf(b, j), (lengthsA[i] as number) * (lengthsB[j] as number))
      const [above, aboveSteps] = [totals[j] as number, steps[j] as number]
      let [best, count] = i > 0 && j > 0 ? [total, taken] : i > 0 ? [above, aboveSteps] : [0, 0]
      if (i > 0 && above < best) [best, count] = [above, aboveSteps]
      const left = totals[j - 1] as number
      if (j > 0 && (i === 0 || left < best)) [best, count] = [left, steps[j - 1] as number]
      ;[total, taken] = [above, aboveSteps]
      totals[j] = best + angle
      steps[j] = count + 1
    }
  }
  return (totals[b.count - 1] as number) / (steps[b.count - 1] as number)
}

function lengthsOf(features: Features): Float64Array {
  return Float64Array.from({ length: features.count }, (_, i) => {
    const row = rowOf(features, i)
    return Math.sqrt(dot(row, row))
  })
}

/** arccos(cos) / π. @param lengths of both, multiplied */
function angleOf(a: Float32Array, b: Float32Array, lengths: number): number {
  const cosine = lengths > 0 ? dot(a, b) / lengths : 0
  return Math.acos(Math.min(1, Math.max(-1, cosine))) / Math.PI
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}
