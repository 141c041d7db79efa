/** What an encoder says of n samples: a row of numbers each. */
export interface Features {
  /** [count, width], row-major */
  readonly values: Float32Array
  readonly count: number
  readonly width: number
}

/** Features with the class of each row, 0 … classes − 1. */
export interface Labelled {
  readonly features: Features
  readonly labels: ArrayLike<number>
}

/** @throws RangeError when the values do not fill whole rows */
export function featuresOf(values: Float32Array, width: number): Features {
  const count = values.length / width
  if (!Number.isInteger(count)) throw new RangeError(`features: ${values.length} values are no rows of ${width}`)
  return { values, count, width }
}

/** A view of one row, [width] */
export function rowOf({ values, width }: Features, row: number): Float32Array {
  return values.subarray(row * width, (row + 1) * width)
}

/** The rows at `positions`, in that order. */
export function pickRows(features: Features, positions: ArrayLike<number>): Features {
  const { count, width } = features
  const values = new Float32Array(positions.length * width)
  for (let i = 0; i < positions.length; i++) {
    const position = positions[i] ?? 0
    if (!(position >= 0 && position < count)) throw new RangeError(`features: no row ${position} among ${count}`)
    values.set(rowOf(features, position), i * width)
  }
  return { values, count: positions.length, width }
}

/** The rows of labelled features at `positions`, with their labels. */
export function pickLabelled({ features, labels }: Labelled, positions: ArrayLike<number>): Labelled {
  return {
    features: pickRows(features, positions),
    labels: Int32Array.from(positions, position => labels[position] ?? -1),
  }
}

/**
 * Centres and scales each dimension by the mean and the standard deviation (divisor n) of the training rows.
 * A dimension that is constant in training, to the precision of float32, becomes 0 in every row, whatever it holds.
 *
 * @returns the same transformation for any other rows
 */
export function standardiser(training: Features): (features: Features) => Features {
  const { count, width } = training
  const means = new Float64Array(width)
  const deviations = new Float64Array(width)
  eachRow(training, row => {
    for (let j = 0; j < width; j++) means[j] = (means[j] as number) + (row[j] as number) / count
  })
  eachRow(training, row => {
    for (let j = 0; j < width; j++)
      deviations[j] = (deviations[j] as number) + ((row[j] as number) - (means[j] as number)) ** 2 / count
  })
  const scales = deviations.map((square, j) => {
    const deviation = Math.sqrt(square)
    return deviation > 1e-6 * Math.abs(means[j] ?? 0) ? 1 / deviation : 0
  })
  return features => {
    wantWidth('standardiser', features, width)
    const result = { ...features, values: features.values.slice() }
    eachRow(result, row => {
      for (let j = 0; j < width; j++) row[j] = ((row[j] as number) - (means[j] as number)) * (scales[j] as number)
    })
    return result
  }
}

function eachRow(features: Features, visit: (row: Float32Array) => void): void {
  for (let row = 0; row < features.count; row++) visit(rowOf(features, row))
}

/** Rows of length 1; a row of zeros stays zero. */
export function l2Normalised(features: Features): Features {
  const { count, width } = features
  const values = features.values.slice()
  for (let row = 0; row < count; row++) {
    let square = 0
    for (let i = row * width; i < (row + 1) * width; i++) square += (values[i] ?? 0) ** 2
    const length = Math.max(Math.sqrt(square), 1e-12)
    for (let i = row * width; i < (row + 1) * width; i++) values[i] = (values[i] ?? 0) / length
  }
  return { values, count, width }
}

/** @throws RangeError that names what was to be computed */
export function wantWidth(where: string, features: Features, width: number): void {
  if (features.width !== width)
    throw new RangeError(`${where}: features of width ${width} expected, got ${features.width}`)
}

/** @throws RangeError when there is not one label in 0 … classes − 1 for each row */
export function wantLabels(where: string, { features, labels }: Labelled, classes: number): void {
  if (labels.length !== features.count)
    throw new RangeError(`${where}: ${features.count} labels expected, got ${labels.length}`)
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] ?? -1
    if (!(Number.isInteger(label) && label >= 0 && label < classes))
      throw new RangeError(`${where}: label ${label} of row ${i} is not one of 0 … ${classes - 1}`)
  }
}
