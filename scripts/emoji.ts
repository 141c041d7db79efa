import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'

interface Emoji {
  readonly category: string
  /** As in Unicode, in capitals */
  readonly name: string
  readonly image: string
  readonly skin_variations?: Readonly<Record<string, { readonly image: string }>>
}

/** Of the base emoji, for the test */
const TEST_SHARE = 0.25

const source = dirname(createRequire(import.meta.url).resolve('emoji-datasource-google/package.json'))

/** Real pictures that `npm ci` has brought: 3,786 emoji of 64 px. */
export const emojiImages = join(source, 'img', 'google', '64')

/**
 * A Hugging Face imagefolder that points at the pictures of the package `emoji-datasource-google`, written anew.
 *
 * Base emoji alone have labels, their nine categories, and one in four of them is for the test. The skin tones of the
 * others are trained on without labels: as labelled pictures they would put 61 % into one class. Those of a test emoji
 * are left out, so that training has not seen what is tested in another tone. Each has its name as `text`.
 */
export function emojiFolder(folder: string): string {
  const emoji = JSON.parse(readFileSync(join(source, 'emoji.json'), 'utf8')) as Emoji[]
  const present = new Set(readdirSync(emojiImages))
  const order = [...emoji.keys()].sort((a, b) => scatter(a) - scatter(b))
  const test = new Set(order.slice(0, Math.round(emoji.length * TEST_SHARE)))
  const rows = emoji.flatMap((one, i) => rowsOf(one, test.has(i)))
  const lines = rows
    .filter(({ file }) => present.has(file))
    .map(({ file, ...row }) => `${JSON.stringify({ file_name: relative(folder, join(emojiImages, file)), ...row })}\n`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'metadata.jsonl'), lines.join(''))
  return folder
}

/** By their code points */
const tones: Readonly<Record<string, string>> = {
  '1F3FB': 'light',
  '1F3FC': 'medium light',
  '1F3FD': 'medium',
  '1F3FE': 'medium dark',
  '1F3FF': 'dark',
}

/** `woman running, medium light skin` */
const textOf = ({ name }: Emoji, tone = ''): string => {
  const skin = tone.split('-').flatMap(part => tones[part] ?? [])
  return [name.toLowerCase(), ...(skin.length > 0 ? [`${skin.join(' and ')} skin`] : [])].join(', ')
}

function rowsOf(emoji: Emoji, tested: boolean) {
  const { category, image, skin_variations = {} } = emoji
  const label = category === 'Component' ? undefined : category // parts to make others of: no category of their own
  const base = { file: image, label, group: image, text: textOf(emoji) }
  if (tested) return label === undefined ? [] : [{ ...base, split: 'test' }]
  const others = Object.entries(skin_variations).map(([tone, { image: file }]) => ({
    ...{ file, group: image, text: textOf(emoji, tone), split: 'train' },
  }))
  return [{ ...base, split: 'train' }, ...others]
}

/** A fixed disorder: Knuth's multiplicative hash. */
function scatter(i: number): number {
  return Math.imul(i + 1, 0x9e3779b1) >>> 0
}
