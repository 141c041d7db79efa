import { sharp } from '../data/sharp.js'
import type { Picture } from './sheet-layout.js'

/** A picture of one colour. */
export function plainPicture(width: number, height: number, colour: readonly number[]): Picture {
  const data = Uint8Array.from({ length: width * height * colour.length }, (_, i) => colour[i % colour.length] ?? 0)
  return { width, height, channels: colour.length === 1 ? 1 : 3, data }
}

export interface Pixels {
  readonly width: number
  readonly height: number
  readonly at: (x: number, y: number) => number[]
}

export async function readPng(png: Uint8Array): Promise<Pixels> {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true })
  const at = (x: number, y: number) => {
    const start = (y * info.width + x) * info.channels
    return [...data.subarray(start, start + info.channels)]
  }
  return { width: info.width, height: info.height, at }
}
