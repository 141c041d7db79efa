import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { sharp } from '#lacuna/data/sharp.js'

const CLASSES = 10

export interface Size {
  readonly width: number
  readonly height: number
}

/**
 * A folder of JPEG files in folders of classes, made once. They compress as photographs do: clouds of
 * noise at several scales and grain, each from another place of a canvas twice as large, with shapes of its own before them.
 */
export async function photoFolder(folder: string, size: Size, count: number): Promise<void> {
  if (existsSync(folder)) return
  const partial = `${folder}.partial`
  rmSync(partial, { recursive: true, force: true })
  for (let i = 0; i < CLASSES; i++) mkdirSync(join(partial, `class-${i}`), { recursive: true })
  const large = { width: 2 * size.width, height: 2 * size.height }
  const raw = { ...large, channels: 3 } as const
  const pixels = await canvas(large)
  for (let i = 0; i < count; i++) {
    const [left, top] = [below(size.width), below(size.height)]
    await sharp(pixels, { raw })
      .extract({ left, top, ...size })
      .composite([{ input: Buffer.from(shapes(size)) }])
      .jpeg({ quality: 85 })
      .toFile(join(partial, `class-${i % CLASSES}`, `${i}.jpg`))
  }
  renameSync(partial, folder)
}

/** Clouds of several scales, each finer one fainter, and grain: uint8 [height, width, 3] */
async function canvas(size: Size): Promise<Uint8Array> {
  const octaves = await Promise.all([64, 16, 4, 2].map(cell => clouds(size, cell)))
  return new Uint8Array(size.width * size.height * 3).map((_, i) => {
    const cloud = octaves.reduce((sum, octave, k) => sum + ((octave[i] ?? 0) - 128) / 1.7 ** k, 0)
    return Math.max(0, Math.min(255, 128 + 0.8 * cloud + 8 * (Math.random() - 0.5)))
  })
}

/** Noise in cells of so many pixels, enlarged smoothly: uint8 [height, width, 3] */
async function clouds({ width, height }: Size, cell: number): Promise<Buffer> {
  const few = { width: Math.ceil(width / cell), height: Math.ceil(height / cell) }
  const noise = Uint8Array.from({ length: few.width * few.height * 3 }, () => below(256))
  return sharp(noise, { raw: { ...few, channels: 3 } })
    .resize(width, height, { kernel: 'cubic', fit: 'fill' })
    .raw()
    .toBuffer()
}

function shapes({ width, height }: Size): string {
  const radius = () => width / 50 + below(width / 6)
  const shape = () => {
    const place = `cx="${below(width)}" cy="${below(height)}" rx="${radius()}" ry="${radius()}"`
    return `<ellipse ${place} fill="rgb(${below(256)},${below(256)},${below(256)})" fill-opacity="0.7"/>`
  }
  const six = Array.from({ length: 6 }, shape).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${six}</svg>`
}

const below = (n: number): number => Math.floor(n * Math.random())
