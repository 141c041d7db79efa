/** Characters that find room under a picture, on one line and on two */
const [LINE, MOST] = [12, 18]

/**
 * The name of a picture as it stands under it: whole where it is short, else without its folders and ending, else
 * without its middle, since names of one folder often begin alike and differ at their end.
 */
export function shortName(name: string, most = MOST): string {
  if (length(name) <= Math.min(most, LINE)) return name
  const file = name.slice(name.lastIndexOf('/') + 1)
  if (length(file) <= Math.min(most, LINE)) return file
  const stem = [...file.replace(/\.[^.]{1,5}$/, '')]
  if (stem.length <= most) return stem.join('')
  const end = Math.ceil((most - 1) / 2)
  return `${stem.slice(0, most - 1 - end).join('')}…${stem.slice(-end).join('')}`
}

const length = (text: string): number => [...text].length
