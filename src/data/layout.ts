import type { PictureItem, Split } from './types.js'

const splits: Readonly<Record<string, Split>> = {
  train: 'train',
  test: 'test',
  validation: 'validation',
  valid: 'validation',
  val: 'validation',
}

/** The split that a folder or a column names: `train`, `test`, `validation` or its short forms, in any case. */
export function splitNamed(name: string): Split | undefined {
  return Object.hasOwn(splits, name.toLowerCase()) ? splits[name.toLowerCase()] : undefined
}

/**
 * Labels and splits as folders tell them.
 *
 * First-level folders are splits when all of them have a split's name, or when `train` and another split are among
 * them. The folder below the split is then the label, in every split that has no picture outside such a folder.
 * Otherwise the first-level folder is the label, unless a picture lies outside. A single label says nothing: none then.
 *
 * @param names '/'-separated paths relative to the source
 */
export function readLayout(names: readonly string[]): Pick<PictureItem, 'label' | 'split'>[] {
  const paths = names.map(name => name.split('/'))
  const bySplit = firstLevelIsSplit(paths)
  const level = bySplit ? 1 : 0
  const partOf = (path: readonly string[]) => (bySplit ? (path[0] ?? '') : '')

  const unlabelled = new Set(paths.filter(path => path.length <= level + 1).map(partOf))
  const labelOf = (path: readonly string[]) => {
    const part = partOf(path)
    if (unlabelled.has(part) || (bySplit && splitNamed(part) === undefined)) return undefined
    return path[level]
  }
  const labelled = new Set(paths.map(labelOf).filter(label => label !== undefined)).size >= 2
  return paths.map(path => ({ label: labelled ? labelOf(path) : undefined, split: splitNamed(partOf(path)) }))
}

function firstLevelIsSplit(paths: readonly (readonly string[])[]): boolean {
  const folders = [...new Set(paths.filter(path => path.length > 1).map(path => path[0] ?? ''))]
  const named = folders.map(splitNamed)
  const found = new Set(named.filter(split => split !== undefined))
  return found.size > 0 && (!named.includes(undefined) || (found.has('train') && found.size > 1))
}
