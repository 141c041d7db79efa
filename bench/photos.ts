import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'

const SIZE = { width: 500, height: 375 }
/** Of the picture that all others are cut out of */
const CANVAS = { width: 2000, height: 1500 }
const CLASSES = 10

/**
 * A folder of JPEG files of 500 × 375 px in folders of classes, made once. They compress as photographs do: clouds of
 * noise at several scales and grain, each from another place of a large canvas, with shapes of its own before them.
 */
export async function photoFolder(folder: string, count: number): Promise<void> {
  if (existsSync(folder)) return
  const partial = `${folder}.partial`
  rmSync(partial, { recursive: true, force: true })
  for (let i = 0; i < CLASSES; i++) mkdirSync(join(partial, `class-${i}`), { recursive: true })
  const raw = { ...CANVAS, channels: 3 } as const
  const pixels = await canvas()
  for (let i = 0; i < count; i++) {
    const [left, top] = [below(CANVAS.width - SIZE.width), below(CANVAS.height - SIZE.height)]
    await sharp(pixels, { raw })
      .extract({ left, top, ...SIZE })
      .composite([{ input: Buffer.from(shapes()) }])
      .jpeg({ quality: 85 })
      .toFile(join(partial, `class-${i % CLASSES}`, `${i}.jpg`))
  }
  renameSync(partial, folder)
}

/** Clouds of several scales, each finer one fainter, and grain: uint8 [height, width, 3] */
async function canvas(): Promise<Uint8Array> {
  const octaves = await Promise.all([32, 128, 512, 1024].map(clouds))
  return new Uint8Array(CANVAS.width * CANVAS.height * 3).map((_, i) => {
    const cloud = octaves.reduce((sum, octave, k) => sum + ((octave[i] ?? 0) - 128) / 1.7 ** k, 0)
    return Math.max(0, Math.min(255, 128 + 0.8 * cloud + 8 * (Math.random() - 0.5)))
  })
}

/** Noise of so many cells across, enlarged smoothly: uint8 [height, width, 3] */
async function clouds(cells: number): Promise<Buffer> {
  const rows = Math.round((cells * CANVAS.height) / CANVAS.width)
  const noise = Uint8Array.from({ length: cells * rows * 3 }, () => below(256))
  return sharp(noise, { raw: { width: cells, height: rows, channels: 3 } })
    .resize(CANVAS.width, CANVAS.height, { kernel: 'cubic', fit: 'fill' })
    .raw()
    .toBuffer()
}

function shapes(): string {
  const { width, height } = SIZE
  const shape = () => {
    const place = `cx="${below(width)}" cy="${below(height)}" rx="${10 + below(80)}" ry="${10 + below(80)}"`
    return `<ellipse ${place} fill="rgb(${below(256)},${below(256)},${below(256)})" fill-opacity="0.7"/>`
  }
  const six = Array.from({ length: 6 }, shape).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${six}</svg>`
}

const below = (n: number): number => Math.floor(n * Math.random())
