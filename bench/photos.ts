import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'

const WIDTH = 500
const HEIGHT = 375
const CLASSES = 10

/**
 * A folder of JPEG files of 500 × 375 px in folders of classes, made once. They compress as photographs do: clouds of
 * noise at several scales with shapes before them, and grain.
 */
export async function photoFolder(folder: string, count: number): Promise<void> {
  if (existsSync(folder)) return
  const partial = `${folder}.partial`
  rmSync(partial, { recursive: true, force: true })
  for (let i = 0; i < count; i++) {
    const directory = join(partial, `class-${i % CLASSES}`)
    mkdirSync(directory, { recursive: true })
    writeFileSync(join(directory, `${i}.jpg`), await photo())
  }
  renameSync(partial, folder)
}

async function photo(): Promise<Buffer> {
  const octaves = await Promise.all([8, 32, 128, 256].map(clouds))
  const pixels = new Uint8Array(WIDTH * HEIGHT * 3).map((_, i) => {
    const cloud = octaves.reduce((sum, octave, k) => sum + ((octave[i] ?? 0) - 128) / 1.7 ** k, 0)
    return Math.max(0, Math.min(255, 128 + 0.8 * cloud + 8 * (Math.random() - 0.5)))
  })
  return sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .composite([{ input: Buffer.from(shapes()) }])
    .jpeg({ quality: 85 })
    .toBuffer()
}

/** Noise of so many cells across, enlarged smoothly: uint8 [HEIGHT, WIDTH, 3] */
async function clouds(cells: number): Promise<Buffer> {
  const rows = Math.round((cells * HEIGHT) / WIDTH)
  const noise = Uint8Array.from({ length: cells * rows * 3 }, () => 256 * Math.random())
  return sharp(noise, { raw: { width: cells, height: rows, channels: 3 } })
    .resize(WIDTH, HEIGHT, { kernel: 'cubic', fit: 'fill' })
    .raw()
    .toBuffer()
}

function shapes(): string {
  const upTo = (n: number) => Math.floor(n * Math.random())
  const shape = () => {
    const colour = `rgb(${upTo(256)},${upTo(256)},${upTo(256)})`
    const ellipse = `cx="${upTo(WIDTH)}" cy="${upTo(HEIGHT)}" rx="${10 + upTo(80)}" ry="${10 + upTo(80)}"`
    return `<ellipse ${ellipse} fill="${colour}" fill-opacity="0.7"/>`
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">${Array.from({ length: 6 }, shape).join('')}</svg>`
}
