/** Colours of classes on white and in the dark: ten that are told apart, then one for all the others. */
export const classColours = [
  ['#2f62b5', '#82abf0'],
  ['#c8642a', '#ec9a64'],
  ['#2a8c6a', '#6fcaa6'],
  ['#8a5bb0', '#bf9ae6'],
  ['#b8901c', '#e2c45c'],
  ['#c2407a', '#ee8ab4'],
  ['#2b93b5', '#74cbe6'],
  ['#7d5a3c', '#c2a081'],
  ['#6a8c1f', '#b3d266'],
  ['#b03434', '#f08a8a'],
] as const
export const otherColour = ['#9a9aa5', '#73737e'] as const

export interface LegendEntry {
  /** The class, or how many others; undefined where pictures have no label */
  readonly label: string
  readonly count: number
  /** Number of its colour; -1 for all the others */
  readonly colour: number
}

/** The commonest classes by falling frequency, each with a colour; the rest, and what has no label, in one entry. */
export function legendOf(labels: readonly (string | undefined)[]): { entries: LegendEntry[]; colours: number[] } {
  const counts = new Map<string, number>()
  for (const label of labels) if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1)
  const byCount = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  const own = byCount.slice(0, byCount.length > classColours.length ? classColours.length - 1 : undefined)
  const colourOf = new Map(own.map(([label], i) => [label, i]))
  const colours = labels.map(label => colourOf.get(label ?? '') ?? -1)
  const entries = own.map(([label, count], i) => ({ label, count, colour: i }))
  const others = byCount.slice(own.length)
  const rest = [
    ...(others.length > 0 ? [{ label: `${others.length} other classes`, count: sum(others.map(([, n]) => n)) }] : []),
    ...(counts.size > 0 && labels.includes(undefined)
      ? [{ label: 'no label', count: labels.filter(label => label === undefined).length }]
      : []),
  ]
  return { entries: [...entries, ...rest.map(entry => ({ ...entry, colour: -1 }))], colours }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
