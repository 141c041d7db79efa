import { groundOf } from '../data/fit.js'

/** How a picture becomes the bytes that an encoder was trained on. */
export interface Recipe {
  readonly size: number
  readonly channels: number
  readonly fit: 'crop' | 'pad' | 'squash'
  /** #rrggbb */
  readonly background: string
  readonly range: 'auto' | { readonly low: number; readonly high: number; readonly of: 'all' | 'deep' }
}

/** A program that reads pictures as Lacuna does and embeds them. */
export function pythonRecipe({ size, channels, fit, background, range }: Recipe): string {
  const known = range !== 'auto'
  const { low, high } = known ? range : { low: 0, high: 65535 }
  const scaled = known && range.of === 'all' ? 'True' : 'deep'
  return `import sys
import numpy as np
import onnxruntime as ort
from PIL import Image, ImageOps

SIZE = ${size}

def pixels(path):
    """uint8 [SIZE, SIZE, ${channels}]"""
    picture = ImageOps.exif_transpose(Image.open(path))
    deep = picture.mode[0] in "IF"  # more than 8 bits
    if deep:
        picture = Image.fromarray(np.asarray(picture, np.float32))
    elif picture.mode != "RGB":
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "${background}")
        picture = Image.alpha_composite(ground, picture).convert("RGB")
${pythonFit[fit]}
    values = np.asarray(picture, np.float32)
    if ${scaled}:
        values = np.clip((values - ${low}) * (255 / ${high - low}), 0, 255)
${channels === 3 ? pythonColour : pythonGrey}
${fit === 'pad' ? pythonPad(background, channels) : pythonBytes}

session = ort.InferenceSession("encoder.onnx")
images = np.stack([pixels(path) for path in sys.argv[1:]])
features = session.run(["features"], {"image": images})[0]  # float32 [N, width]
print(features.shape)`
}

const pythonFit = {
  crop: `    step = min(picture.size) / SIZE
    width, height = (int(side / step + 0.5) for side in picture.size)
    left, top = (width - SIZE + 1) // 2, (height - SIZE + 1) // 2
    picture = picture.resize((width, height), Image.LANCZOS).crop((left, top, left + SIZE, top + SIZE))`,
  pad: `    step = max(picture.size) / SIZE
    width, height = (max(1, int(side / step + 0.5)) for side in picture.size)
    picture = picture.resize((width, height), Image.LANCZOS)`,
  squash: `    picture = picture.resize((SIZE, SIZE), Image.LANCZOS)`,
} as const

const pythonColour = `    if values.ndim == 2:
        values = np.repeat(values[:, :, None], 3, axis=2)`

const pythonGrey = `    if values.ndim == 3:  # the luminance of linear light
        v = values / 255
        linear = np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]
        values = 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    values = values.reshape(*values.shape[:2], 1)`

const pythonBytes = `    return np.floor(values + 0.5).astype(np.uint8)`

function pythonPad(background: string, channels: number): string {
  const ground = groundOf(background, channels)
  return `    canvas = np.full((SIZE, SIZE, ${channels}), [${ground.join(', ')}], np.uint8)
    left, top = (SIZE - width) // 2, (SIZE - height) // 2
    canvas[top : top + height, left : left + width] = np.floor(values + 0.5)
    return canvas`
}

/** The same in TypeScript, which is also JavaScript. Pictures of more than 8 bits are left to Lacuna itself. */
export function typescriptRecipe({ size, channels, fit, background, range }: Recipe): string {
  const how = { crop: 'cover', pad: 'contain', squash: 'fill' }[fit]
  const space = channels === 3 ? 'srgb' : 'b-w'
  const all = range !== 'auto' && range.of === 'all'
  const stretch = all
    ? `\n  for (let i = 0; i < image.length; i++)\n    image[i] = Math.min(255, Math.max(0, Math.round(((image[i] - ${range.low}) * 255) / ${range.high - range.low})))`
    : ''
  return `import ort from 'onnxruntime-node'
import sharp from 'sharp'

// uint8 [${size}, ${size}, ${channels}]; for pictures of 8 bits
async function pixels(file) {
  const image = await sharp(file)
    .autoOrient()
    .flatten({ background: '${background}' })
    .resize(${size}, ${size}, { fit: '${how}', kernel: 'lanczos3'${fit === 'pad' ? `, background: '${background}'` : ''} })
    .toColourspace('${space}')
    .raw({ depth: 'uchar' })
    .toBuffer()${stretch}
  return image
}

const files = process.argv.slice(2)
const images = Buffer.concat(await Promise.all(files.map(pixels)))
const session = await ort.InferenceSession.create('encoder.onnx')
const image = new ort.Tensor('uint8', images, [files.length, ${size}, ${size}, ${channels}])
const { features } = await session.run({ image }) // float32 [N, width]
console.log(features.dims)`
}
