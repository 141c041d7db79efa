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

/**
 * What is handed to the returned function runs in the order it came, at most `limit` at any time.
 */
export function atMost(limit: number): <T>(run: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async run => {
    if (running < limit) running++
    else await new Promise<void>(resolve => waiting.push(resolve)) // and gets the place of one that has ended
    try {
      return await run()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
