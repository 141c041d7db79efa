import type { Item } from './types.js'

/**
 * The items, with the groups of those that share a digest made one, and so on through chains of groups. A joined group
 * has the name of one of them.
 *
 * @param digests of the contents, one per item
 */
export function joinEqual(items: readonly Item[], digests: readonly string[]): Item[] {
  const parents = new Map<string, string>()
  const find = (group: string): string => {
    let root = group
    for (let next = parents.get(root); next !== undefined; next = parents.get(root)) root = next
    if (root !== group) parents.set(group, root)
    return root
  }
  const groupOf = new Map<string, string>()
  items.forEach((item, position) => {
    const digest = digests[position] ?? item.name
    const group = find(item.group)
    const equal = find(groupOf.get(digest) ?? group)
    if (equal !== group) parents.set(group, equal)
    groupOf.set(digest, equal)
  })
  return items.map(item => ({ ...item, group: find(item.group) }))
}
