/**
 * Real pictures with captions: the clip art of Debian's openclipart, each captioned by its name, its keywords and its folder.
 * Leaves a Hugging Face imagefolder with `text` in `runs/openclipart`. What shares a caption, a picture or a series of drawings
 * is of one group, and one group in five is for the test.
 *
 * usage: npm run captions [-- FOLDER]
 * Needs apt-get and dpkg-deb (Debian, Ubuntu); downloads 156 MB once and installs nothing.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { parseArgs } from 'node:util'
import { joinEqual } from '#lacuna/data/groups.js'
import { sharp } from '#lacuna/data/sharp.js'
import { splitByGroup } from '#lacuna/data/split.js'
import type { Item } from '#lacuna/data/types.js'
import { captionOf, isGenerated, seriesOf } from './clip-art.js'
import { withPackages } from './debian.js'

/** Pixels of the long side */
const SIDE = 96
/** Some drawings are as large as a wall */
const MOST_PIXELS = 1e8
const TEST_SHARE = 0.2
const AT_ONCE = 8

const { positionals } = parseArgs({ allowPositionals: true })
const out = resolve(positionals[0] ?? join('runs', 'openclipart'))

if (existsSync(out)) console.log(`${out} is there already; remove it to make it anew`)
else await withPackages(['openclipart-png', 'openclipart-svg'], layOut)

interface Captioned extends Item {
  readonly text: string
  readonly digest: string
}

async function layOut(root: string): Promise<void> {
  const place = join(root, 'usr', 'share', 'openclipart')
  const partial = `${out}.partial`
  rmSync(partial, { recursive: true, force: true })
  const names = readdirSync(join(place, 'png'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.png'))
    .map(name => name.split(sep).join('/'))
    .sort()
  const found: Captioned[] = []
  const left = { generated: 0, unreadable: 0 }
  for (let at = 0; at < names.length; at += AT_ONCE)
    for (const made of await Promise.all(names.slice(at, at + AT_ONCE).map(name => captioned(place, name, partial))))
      if (typeof made === 'string') left[made]++
      else found.push(made)
  const grouped = joinEqual(
    joinEqual(
      found,
      found.map(({ text }) => text),
    ),
    found.map(({ digest }) => digest),
  )
  const [, test] = splitByGroup(grouped, [1 - TEST_SHARE, TEST_SHARE], 0)
  const tested = new Set(test)
  const rows = found.map(({ name, text, label }, i) =>
    JSON.stringify({ file_name: name, text, label, group: grouped[i]?.group, split: tested.has(i) ? 'test' : 'train' }),
  )
  writeFileSync(join(partial, 'metadata.jsonl'), `${rows.join('\n')}\n`)
  mkdirSync(dirname(out), { recursive: true })
  renameSync(partial, out)
  const captions = new Set(found.map(({ text }) => text)).size
  console.log(
    `${found.length} pictures of ${SIDE} px with ${captions} captions, ${tested.size} of them for the test; left out: ${left.generated} generated stars, ${left.unreadable} that cannot be read: ${out}`,
  )
}

async function captioned(
  place: string,
  name: string,
  partial: string,
): Promise<Captioned | 'generated' | 'unreadable'> {
  const svg = join(place, 'svg', name.replace(/\.png$/, '.svg'))
  const drawing = existsSync(svg) ? readFileSync(svg, 'utf8') : ''
  if (isGenerated(drawing)) return 'generated'
  let png: Buffer
  try {
    png = await sharp(join(place, 'png', name), { limitInputPixels: MOST_PIXELS })
      .resize({ width: SIDE, height: SIDE, fit: 'inside' })
      .png({ compressionLevel: 9 })
      .toBuffer()
  } catch {
    return 'unreadable'
  }
  const path = join(partial, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, png)
  const folders = dirname(name).split('/')
  const text = captionOf(drawing, basename(name, '.png'), folders)
  const digest = createHash('sha256').update(png).digest('hex')
  return { name, text, digest, label: folders[0], group: seriesOf(name), split: undefined }
}
