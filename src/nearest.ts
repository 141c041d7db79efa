/** The known name that takes the fewest letters inserted, removed or replaced; none when most would have to change. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const [best] = known.map(other => ({ other, edits: editDistance(name, other) })).sort((a, b) => a.edits - b.edits)
  return best !== undefined && best.edits <= Math.max(name.length, best.other.length) / 2 ? best.other : undefined
}

/** Levenshtein 1965, one row of the table at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries())
      next.push(Math.min((row[j] ?? 0) + (letter === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    row = next
  }
  return row.at(-1) ?? 0
}

/** What is said of names that are not known: the nearest one of each, or all that are. */
export function unknownNames(unknown: readonly string[], known: readonly string[]): string {
  const said = unknown.map(name => {
    const guess = nearest(name, known)
    return `"${name}"${guess === undefined ? '' : ` (did you mean ${guess}?)`}`
  })
  const guessed = unknown.every(name => nearest(name, known) !== undefined)
  return `unknown ${said.join(', ')}${guessed ? '' : `; known are ${known.join(', ')}`}`
}
