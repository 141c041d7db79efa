import { type Features, featuresOf, l2Normalised, rowOf } from '../features.js'

/** What a class is put into, so that its name stands as a caption would; `{}` is the name. */
export const TEMPLATES: readonly string[] = [
  '{}',
  'a picture of {}',
  'a drawing of {}',
  'an image of {}',
  'an icon of {}',
  'clip art, {}',
  'this is {}',
]

/** The texts of some classes, class by class: every template of the first, then of the second, … */
export const promptsOf = (classes: readonly string[], templates: readonly string[] = TEMPLATES): string[] =>
  classes.flatMap(name => templates.map(template => template.replaceAll('{}', name)))

/**
 * One vector a class: those of its texts are normalised, averaged and normalised again.
 * @param texts [classes · templates, D], class by class
 * @returns [classes, D]
 * @see Radford et al. 2021, section 3.1.4
 */
export function ensembled(texts: Features, classes: number): Features {
  const each = texts.count / classes
  if (!Number.isInteger(each))
    throw new RangeError(`ensembled: ${texts.count} texts are not as many for each of ${classes}`)
  const directions = l2Normalised(texts)
  const values = new Float32Array(classes * texts.width)
  for (let row = 0; row < texts.count; row++) {
    const [from, to] = [rowOf(directions, row), values.subarray(Math.floor(row / each) * texts.width)]
    for (let i = 0; i < texts.width; i++) to[i] = (to[i] ?? 0) + (from[i] ?? 0) / each
  }
  return l2Normalised(featuresOf(values, texts.width))
}

/**
 * The class whose vector each sample is nearest to by cosine. Where several are equally near all of them share the sample: a space in
 * which all is equal tells no class, rather than the first.
 *
 * @param classes [K, D], of length 1
 * @returns shares of right answers: accuracy, and its mean over the classes that occur
 */
export function zeroShot(
  samples: Features,
  labels: ArrayLike<number>,
  classes: Features,
): { readonly accuracy: number; readonly balanced: number } {
  const directions = l2Normalised(samples)
  const right = new Float64Array(classes.count)
  const counts = new Float64Array(classes.count)
  for (let row = 0; row < samples.count; row++) {
    const own = rowOf(directions, row)
    const cosines = Array.from({ length: classes.count }, (_, k) => {
      const other = rowOf(classes, k)
      return own.reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0)
    })
    const best = Math.max(...cosines) - EQUAL
    const near = cosines.filter(cosine => cosine >= best).length
    const label = labels[row] ?? 0
    counts[label] = (counts[label] ?? 0) + 1
    if ((cosines[label] ?? Number.NEGATIVE_INFINITY) >= best) right[label] = (right[label] ?? 0) + 1 / near
  }
  const there = [...counts.keys()].filter(k => (counts[k] ?? 0) > 0)
  const sum = right.reduce((total, value) => total + value, 0)
  return {
    accuracy: sum / samples.count,
    balanced: there.reduce((total, k) => total + (right[k] ?? 0) / (counts[k] ?? 1), 0) / there.length,
  }
}

/** float32 rounds alike vectors apart by less */
const EQUAL = 1e-6
