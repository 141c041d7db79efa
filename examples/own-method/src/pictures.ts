import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'

interface Emoji {
  readonly image: string
  readonly category: string
}

/** Real pictures with labels: the emoji of an npm package and their categories, one in four for the test, as a table that names them. */
export function emojiFolder(folder: string): string {
  const source = dirname(createRequire(import.meta.url).resolve('emoji-datasource-google/package.json'))
  const images = join(source, 'img', 'google', '64')
  const present = new Set(readdirSync(images))
  const emoji = JSON.parse(readFileSync(join(source, 'emoji.json'), 'utf8')) as Emoji[]
  const rows = emoji
    .filter(({ image, category }) => present.has(image) && category !== 'Component')
    .map(({ image, category }, i) => ({
      file_name: relative(folder, join(images, image)),
      label: category,
      split: i % 4 === 3 ? 'test' : 'train',
    }))
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'metadata.jsonl'), rows.map(row => `${JSON.stringify(row)}\n`).join(''))
  return folder
}
