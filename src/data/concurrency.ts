/**
 * The results of `work(0)`, `work(1)` … `work(count − 1)` in this order, with at most `limit` of them under way.
 * When the reader stops early, what is under way is awaited.
 */
export async function* inOrder<T>(
  count: number,
  limit: number,
  work: (index: number) => Promise<T>,
): AsyncGenerator<T, void, undefined> {
  const underWay: Promise<T>[] = []
  let next = 0
  try {
    for (;;) {
      while (next < count && underWay.length < limit) {
        const result = work(next++)
        result.catch(() => undefined) // it is awaited below, perhaps after it has failed
        underWay.push(result)
      }
      const first = underWay.shift()
      if (first === undefined) return
      yield await first
    }
  } finally {
    await Promise.allSettled(underWay)
  }
}

/** A queue: what is handed to the returned function runs when everything handed to it before has ended. */
export function oneAtATime(): <T>(run: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return run => {
    const result = last.then(run)
    last = result.catch(() => undefined)
    return result
  }
}
