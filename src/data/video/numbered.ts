/** Pictures of one folder that are the frames of a film. */
export interface Numbered<F> {
  /** As ffmpeg writes it: `walk/image%04d.png`, or `walk/%d.png` where the numbers differ in length */
  readonly name: string
  /** In the order of their numbers */
  readonly frames: readonly F[]
  /** Numbers that are left out between the first and the last, at the step that most of them have */
  readonly missing: number
}

/** The last number of a name. */
const pattern = /^(.*?)(\d+)(\D*)$/

/**
 * Finds the films among pictures: those whose names differ in their last number alone.
 * @param files with '/'-separated names
 * @param fewest frames that make a film
 * @returns films sorted by name, and the files that are of none
 */
export function numberedFilms<F extends { readonly name: string }>(
  files: readonly F[],
  fewest = 2,
): { readonly films: readonly Numbered<F>[]; readonly others: readonly F[] } {
  const families = new Map<
    string,
    { before: string; after: string; frames: { number: number; digits: number; file: F }[] }
  >()
  const others: F[] = []
  for (const file of files) {
    const folder = file.name.slice(0, file.name.lastIndexOf('/') + 1)
    const [, start = '', digits = '', after = ''] = pattern.exec(file.name.slice(folder.length)) ?? []
    if (digits === '') {
      others.push(file)
      continue
    }
    const before = folder + start
    const key = JSON.stringify([before, after])
    const family = families.get(key) ?? { before, after, frames: [] }
    family.frames.push({ number: Number(digits), digits: digits.length, file })
    families.set(key, family)
  }
  const films: Numbered<F>[] = []
  for (const { before, after, frames } of families.values()) {
    if (frames.length < fewest) {
      others.push(...frames.map(({ file }) => file))
      continue
    }
    frames.sort((a, b) => a.number - b.number)
    const [first, last] = [frames[0], frames.at(-1)]
    const same = new Set(frames.map(({ digits }) => digits)).size === 1
    const name = `${before}${same ? `%0${first?.digits}d` : '%d'}${after}`
    const span = (last?.number ?? 0) - (first?.number ?? 0)
    const missing = Math.max(0, Math.round(span / stepOf(frames.map(({ number }) => number))) + 1 - frames.length)
    films.push({ name, frames: frames.map(({ file }) => file), missing })
  }
  return { films: films.sort((a, b) => (a.name < b.name ? -1 : 1)), others }
}

/** What most numbers are above the one before. */
function stepOf(numbers: readonly number[]): number {
  const steps = numbers.slice(1).map((number, i) => number - (numbers[i] ?? 0))
  const sorted = steps.sort((a, b) => a - b)
  return Math.max(1, sorted[Math.floor(sorted.length / 2)] ?? 1)
}
