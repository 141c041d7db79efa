import { shuffled, splitByGroup } from '../data/index.js'

/**
 * Positions of `perClass` items of every class that occurs, ascending: the items that may be known with their label.
 * They depend on the labels, the seed and the draw only, so every method that is compared gets the same ones; and in
 * one draw the items of a smaller number are among those of a larger one.
 *
 * @param labels 0 … classes − 1 per item
 * @param draw number of the draw; five or more are usual for few labels
 * @throws RangeError when a class that occurs has fewer items
 */
export function balancedSubset(
  labels: ArrayLike<number>,
  classes: number,
  perClass: number,
  { seed = 0, draw = 0 }: { readonly seed?: number; readonly draw?: number } = {},
): Uint32Array {
  const chosen = new Array<number[]>(classes).fill([]).map(() => [] as number[])
  for (const position of shuffled(labels.length, seed, draw)) {
    const same = chosen[labels[position] ?? -1]
    if (same !== undefined && same.length < perClass) same.push(position)
  }
  chosen.forEach((same, label) => {
    if (same.length > 0 && same.length < perClass)
      throw new RangeError(`${perClass} labels a class expected, but class ${label} has ${same.length}`)
  })
  return Uint32Array.from(chosen.flat()).sort()
}

export interface Parts {
  /** Ascending positions */
  readonly training: Uint32Array
  readonly validation: Uint32Array
}

/**
 * Parts training items into those to fit and those to choose settings by, label by label in proportion.
 *
 * @param groups a key per item (film, speaker, recording): items of one group are never parted
 * Of a class, `share` of the items are to choose by.
 */
export function validationSplit(
  labels: ArrayLike<number>,
  { groups, share = 0.2, seed = 0 }: { readonly groups?: readonly string[]; share?: number; seed?: number } = {},
): Parts {
  const items = Array.from(labels, (label, i) => ({
    name: `${i}`,
    label: `${label}`,
    group: groups?.[i] ?? `${i}`,
    split: undefined,
  }))
  const [training = new Uint32Array(), validation = new Uint32Array()] = splitByGroup(items, [1 - share, share], seed)
  return { training, validation }
}
