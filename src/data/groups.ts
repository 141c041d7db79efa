import type { Item } from './types.js'

/**
 * The items, with the groups of those that are equal made one, and so on through chains of groups. A joined group
 * has the name of one of them.
 *
 * @param keys one per item, such as a digest of its contents: those of equal items are equal
 */
export function joinEqual(items: readonly Item[], keys: readonly string[]): Item[] {
  const parents = new Map<string, string>()
  const find = (group: string): string => {
    let root = group
    for (let next = parents.get(root); next !== undefined; next = parents.get(root)) root = next
    if (root !== group) parents.set(group, root)
    return root
  }
  const groupOf = new Map<string, string>()
  items.forEach((item, position) => {
    const key = keys[position] ?? item.name
    const group = find(item.group)
    const equal = find(groupOf.get(key) ?? group)
    if (equal !== group) parents.set(group, equal)
    groupOf.set(key, equal)
  })
  return items.map(item => ({ ...item, group: find(item.group) }))
}
