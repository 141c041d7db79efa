import { drawValues } from '../program/draws.js'
import type { Shape } from '../tensor/shape.js'
import type { Features, Labelled } from './features.js'

/** Reproducible features, standard normal. */
export function normalFeatures(count: number, width: number, seed = 1): Features {
  const shape: Shape = [count, width]
  const values = drawValues(
    { name: `normal ${shape}`, shape, dtype: 'float', drawing: { kind: 'normal' } },
    { seed, step: 0 },
  )
  return { values: Float32Array.from(values), count, width }
}

/** Rows as features. */
export function rows(values: readonly (readonly number[])[]): Features {
  return { values: Float32Array.from(values.flat()), count: values.length, width: values[0]?.length ?? 0 }
}

/** Classes in turn, each normal about a centre of its own; `apart` scales the centres. */
export function clusters(count: number, width: number, classes: number, apart: number, seed = 1): Labelled {
  const centres = normalFeatures(classes, width, 99)
  const noise = normalFeatures(count, width, seed)
  const values = noise.values.map((value, i) => {
    const label = Math.floor(i / width) % classes
    return value + apart * (centres.values[label * width + (i % width)] ?? 0)
  })
  return { features: { ...noise, values }, labels: Int32Array.from({ length: count }, (_, i) => i % classes) }
}
