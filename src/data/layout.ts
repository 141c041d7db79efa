import { countOf, type MemberKind } from './media.js'
import type { Item, Split } from './types.js'

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
 * them. The folder below the split is then the label; otherwise the first-level folder is. Where as many pictures lie
 * outside of such folders as inside, in a split or in all, folders say nothing there; a few outside have no label. A
 * single label says nothing either.
 *
 * @param names '/'-separated paths relative to the source
 */
export function readLayout(names: readonly string[]): Pick<Item, 'label' | 'split'>[] {
  const paths = names.map(name => name.split('/'))
  const bySplit = firstLevelIsSplit(paths)
  const level = bySplit ? 1 : 0
  const partOf = (path: readonly string[]) => (bySplit ? (path[0] ?? '') : '')

  const inside = new Map<string, number>() // less those outside
  for (const path of paths)
    inside.set(partOf(path), (inside.get(partOf(path)) ?? 0) + (path.length > level + 1 ? 1 : -1))
  const labelOf = (path: readonly string[]) => {
    const part = partOf(path)
    if ((inside.get(part) ?? 0) <= 0 || (bySplit && splitNamed(part) === undefined)) return undefined
    return path.length > level + 1 ? path[level] : undefined
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

/** What is to be said where some records lie in folders of classes and others beside them. */
export function layoutNotes(names: readonly string[], medium: MemberKind): string[] {
  const layout = readLayout(names)
  const splits = new Set(layout.flatMap(({ label, split }) => (label === undefined ? [] : [split])))
  const outside = names.filter((_, i) => layout[i]?.label === undefined && splits.has(layout[i]?.split))
  if (outside.length === 0) return []
  const shown = `${outside.slice(0, 2).join(', ')}${outside.length > 2 ? ', …' : ''}`
  const [lies, has] = outside.length === 1 ? ['lies', 'it has'] : ['lie', 'they have']
  return [`${countOf(outside.length, medium)} ${lies} outside of the folders of classes (${shown}): ${has} no label.`]
}
