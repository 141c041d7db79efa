/**
 * Real colour photos to train on: 120 from Debian packages, cut into tiles, one photo in five kept for the test.
 * Leaves a Hugging Face imagefolder in `runs/photos`.
 *
 * usage: npm run photos [-- FOLDER]
 * Needs apt-get and dpkg-deb (Debian, Ubuntu); downloads 355 MB once and installs nothing.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { sharp } from '#lacuna/data/sharp.js'
import { withPackages } from './debian.js'

/** Pixels of the long side of a photo before it is cut: a tile is a quarter of it, and shows things rather than textures */
const LONG_SIDE = 384
/** Pixels of the side of a tile, and from one to the next: they overlap by half */
const TILE = 96
const STRIDE = 48

const { positionals } = parseArgs({ allowPositionals: true })
const out = resolve(positionals[0] ?? join('runs', 'photos'))
const photos = readFileSync(join('scripts', 'photos.tsv'), 'utf8')
  .trim()
  .split('\n')
  .map(line => line.split('\t'))
  .map(([pack = '', path = '']) => ({ pack, path }))

if (existsSync(out)) console.log(`${out} is there already; remove it to make it anew`)
else await withPackages([...new Set(photos.map(({ pack }) => pack))], cutAll)

async function cutAll(root: string): Promise<void> {
  const partial = `${out}.partial`
  rmSync(partial, { recursive: true, force: true })
  const rows: string[] = []
  for (const [i, { pack, path }] of photos.entries()) {
    const name = `${String(i).padStart(3, '0')}-${basename(path).replace(/\W+/g, '-')}`
    const split = i % 5 === 2 ? 'test' : 'train'
    const tiles = await cut(join(root, path), join(partial, name))
    for (const tile of tiles)
      rows.push(JSON.stringify({ file_name: `${name}/${tile}`, group: `${pack}:${basename(path)}`, split }))
  }
  writeFileSync(join(partial, 'metadata.jsonl'), `${rows.join('\n')}\n`)
  mkdirSync(dirname(out), { recursive: true })
  renameSync(partial, out)
  console.log(`${rows.length} tiles of ${TILE} px from ${photos.length} photos: ${out}`)
}

/** Tiles from the middle of the photo. */
async function cut(photo: string, folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true })
  const { data, info } = await sharp(photo)
    .rotate()
    .resize({ width: LONG_SIDE, height: LONG_SIDE, fit: 'inside', withoutEnlargement: true })
    .flatten()
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  const fitting = (side: number) => Math.floor((side - TILE) / STRIDE) + 1
  const [columns, rows] = [fitting(width), fitting(height)]
  const before = (side: number, count: number) => Math.floor((side - TILE - (count - 1) * STRIDE) / 2)
  const [left, top] = [before(width, columns), before(height, rows)]
  const places = Array.from({ length: rows * columns }, (_, i) => [Math.floor(i / columns), i % columns] as const)
  return Promise.all(
    places.map(async ([row, column]) => {
      const name = `${row}-${column}.png`
      await sharp(data, { raw: { width, height, channels } })
        .extract({ left: left + column * STRIDE, top: top + row * STRIDE, width: TILE, height: TILE })
        .png({ compressionLevel: 3 })
        .toFile(join(folder, name))
      return name
    }),
  )
}
