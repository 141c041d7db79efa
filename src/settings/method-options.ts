import type { Kind } from './kinds.js'

type Options = Readonly<Record<string, unknown>>

/** Options of a method: one word each, `key=value`; dots lead into groups, values are JSON or plain text. */
export const methodOptions: Kind<Options> = {
  expected: 'an object with options of the method, or key=value',
  schema: z => z.record(z.string(), z.unknown()),
  parse(word, before) {
    const [key = '', ...rest] = word.split('=')
    if (before !== undefined && !isRecord(before)) return before // what is wrong stays, to be told
    if (key === '' || rest.length === 0) return word
    return merged(before ?? {}, nested(key, spoken(rest.join('='))))
  },
  words: value => leaves(value).map(([key, leaf]) => `${key}=${JSON.stringify(leaf)}`),
}

/** An option by its dotted name. */
export const nested = (key: string, value: unknown): unknown =>
  key.split('.').reduceRight<unknown>((inside, part) => ({ [part]: inside }), value)

/** Groups are put together, all else is replaced. */
export function merged(before: Options, after: unknown): Options {
  if (!isRecord(after)) return before
  const both = Object.entries(after).map(([key, value]) => {
    const inside = before[key]
    return [key, isRecord(inside) && isRecord(value) ? merged(inside, value) : value] as const
  })
  return { ...before, ...Object.fromEntries(both) }
}

/** Each option by its dotted name; an empty group is one too. */
export function leaves(value: Options, prefix = ''): (readonly [string, unknown])[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    isRecord(inner) && Object.keys(inner).length > 0
      ? leaves(inner, `${prefix}${key}.`)
      : [[`${prefix}${key}`, inner] as const],
  )
}

export const isRecord = (value: unknown): value is Options =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** JSON, or a number as people write it (.5), or plain text */
function spoken(word: string): unknown {
  try {
    return JSON.parse(word)
  } catch {
    return word === '' || Number.isNaN(Number(word)) ? word : Number(word)
  }
}
