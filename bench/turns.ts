/** Somebody to be measured. */
export interface Contender<T> {
  readonly name: string
  readonly measure: () => Promise<T>
}

/** What each contender measured, round by round, and why some could not. */
export interface Rounds<T> {
  readonly results: Readonly<Record<string, readonly T[]>>
  readonly problems: readonly string[]
}

/**
 * Measures all contenders one after the other, as often as there are rounds: A B C A B C, so that what slows the machine
 * for a while slows all. One that fails is left out from then on.
 */
export async function inTurns<T>(
  rounds: number,
  contenders: readonly Contender<T>[],
  report: (line: string) => void = () => undefined,
): Promise<Rounds<T>> {
  const results: Record<string, T[]> = Object.fromEntries(contenders.map(({ name }) => [name, []]))
  const problems = new Map<string, string>()
  for (let round = 1; round <= rounds; round++)
    for (const { name, measure } of contenders) {
      if (problems.has(name)) continue
      try {
        const result = await measure()
        results[name]?.push(result)
        report(`round ${round} of ${rounds}, ${name}: ${JSON.stringify(result)}`)
      } catch (error) {
        problems.set(name, `${name}: ${error instanceof Error ? error.message : error}`)
        delete results[name]
        report(`${problems.get(name)}`)
      }
    }
  return { results, problems: [...problems.values()] }
}
