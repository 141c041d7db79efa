import { sharp } from '../data/sharp.js'

const margin = 16

/**
 * A chart as a picture on white, with a margin around it.
 *
 * @param scale pixels of the picture for one of the drawing
 * @returns a PNG; on a machine without fonts its text is missing
 */
export async function svgToPng(svg: string, scale = 2): Promise<Uint8Array> {
  const rim = margin * scale
  return sharp(Buffer.from(svg), { density: 72 * scale })
    .flatten({ background: 'white' })
    .extend({ top: rim, bottom: rim, left: rim, right: rim, background: 'white' })
    .png({ compressionLevel: 9 })
    .toBuffer()
}
