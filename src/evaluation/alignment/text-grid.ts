import { LacunaError } from '../../errors.js'
import type { Segment } from './segments.js'

/** A tier of intervals. */
export interface Tier {
  readonly name: string
  readonly segments: readonly Segment[]
}

/** Praat's own rule: of a text file only quoted texts, flags and numbers that stand free count, so long and short ones are alike. */
const WORD = /"((?:[^"]|"")*)"|<(\w+)>|![^\r\n]*|(?<![^\s])(-?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)(?![^\s])|[^\s"]+/g

/**
 * The tiers of intervals of a Praat TextGrid, long or short; tiers of points are passed over.
 *
 * @param name of the file, for errors
 * @throws LacunaError where it is none, or ends too early
 */
export function parseTextGrid(text: string, name: string): Tier[] {
  const words = [...text.matchAll(WORD)].flatMap(([all, quoted, flag, number]): (string | number)[] => {
    if (quoted !== undefined) return [quoted.replaceAll('""', '"')]
    return flag !== undefined ? [all] : number !== undefined ? [Number(number)] : []
  })
  let at = 0
  const refuse = (expected: string): never => {
    const word = words[at - 1]
    throw new LacunaError(
      `${name}: is no TextGrid that can be read: ${word === undefined ? 'it ends too early' : `a ${expected} is expected where ${JSON.stringify(word)} stands`}; save it again with Praat`,
    )
  }
  const string = (): string => {
    const word = words[at++]
    return typeof word === 'string' ? word : refuse('text')
  }
  const number = (): number => {
    const word = words[at++]
    return typeof word === 'number' ? word : refuse('number')
  }
  const [format, kind] = [string(), string()]
  if (format !== 'ooTextFile' || kind !== 'TextGrid')
    throw new LacunaError(`${name}: is no TextGrid: it begins with ${JSON.stringify(format)}, ${JSON.stringify(kind)}`)
  number()
  number()
  if (string() !== '<exists>') return []
  const tiers: Tier[] = []
  for (let left = number(); left > 0; left--) {
    const intervals = string() === 'IntervalTier'
    const tier = string()
    number()
    number()
    const segments: Segment[] = []
    for (let count = number(); count > 0; count--) {
      const start = number()
      const end = intervals ? number() : start
      segments.push({ start, end, label: string().trim() })
    }
    if (intervals) tiers.push({ name: tier, segments })
  }
  return tiers
}

/** The tier of phones: the one that is called so, else the one with the most segments. */
export function phoneTier(tiers: readonly Tier[]): Tier | undefined {
  const named = tiers.find(({ name }) => /phon|phn|segment|^mau$/i.test(name))
  return named ?? [...tiers].sort((a, b) => b.segments.length - a.segments.length)[0]
}
