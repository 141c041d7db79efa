/** What is said of a drawing of openclipart: title, keywords and who drew it, of the RDF in its SVG. */
interface Said {
  readonly title: string
  readonly keywords: readonly string[]
  readonly names: readonly string[]
}

const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found = '']) => plain(found)).filter(found => found !== '')

/** Without entities, in lower case, single-spaced */
const plain = (text: string): string =>
  text
    .replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name] ?? ' ') // the drawings have &amp;#39;
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/[\s_]+/g, ' ')
    .trim()
    .toLowerCase()
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function saidOf(svg: string): Said {
  const [, rdf = ''] = /<rdf:RDF([\s\S]*?)<\/rdf:RDF>/.exec(svg) ?? []
  const agents = all(rdf, /<cc:Agent[^>]*>\s*<dc:title>([^<]*)/g)
  const [title = ''] = all(rdf.replace(/<cc:Agent[\s\S]*?<\/cc:Agent>/g, ''), /<dc:title>([^<]*)/g)
  return { title, keywords: all(rdf, /<rdf:li>([^<]*)/g), names: agents }
}

/** One of the 1,375 stars that somebody's program has drawn, all much alike. */
export const isGenerated = (svg: string): boolean => /gramastar/i.test(svg)

/**
 * A caption: the name of the file, then keywords and folders that say more. Titles are those of whole collections, for many; and who
 * drew it says nothing of what is seen.
 * @param file its name without extension
 */
export function captionOf(svg: string, file: string, folders: readonly string[]): string {
  const { title, keywords, names } = saidOf(svg)
  const people = new Set(names.flatMap(name => [name, ...name.split(' ')]))
  const isPerson = (word: string) => people.has(word) || word.split(' ').every(part => people.has(part))
  const beginning = withoutName(wordsOf(file), names).join(' ') || title
  const words = new Set(wordsOf(beginning))
  const more = [...keywords, ...folders.map(plain)].filter(
    (word, i, each) =>
      each.indexOf(word) === i && !isPerson(word) && !empty.test(word) && !wordsOf(word).every(part => words.has(part)),
  )
  return [beginning, ...more].filter(part => part !== '').join(', ')
}

/** Words that say nothing, and what a faulty program has left for words */
const empty = /^(unsorted|special|clip ?art|hash\b.*)$/

const wordsOf = (text: string): string[] =>
  plain(text)
    .split(/[^\p{L}\p{N}+]+|(?<=\p{L})(?=\p{N})/u)
    .filter(word => word !== '')

/** Files end in who drew them, cut off somewhere, and a number: `map of iceland jarno vas 01`. */
function withoutName(words: readonly string[], names: readonly string[]): string[] {
  const said = words.slice(0, words.findLastIndex(word => !/^\d+r?$/.test(word)) + 1)
  const people = names.map(name => name.replaceAll(' ', ''))
  const from = said.findIndex((_, i) => i > 0 && people.some(name => name.startsWith(said.slice(i).join(''))))
  return from < 0 ? said : said.slice(0, from)
}

/** Drawings whose names differ in their numbers alone are one series. */
export const seriesOf = (path: string): string => path.replace(/\.png$/, '').replace(/[\d_-]+r?$/, '')
