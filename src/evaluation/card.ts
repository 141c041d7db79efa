import type { RunConfig } from '../assembly/config.js'
import { type ClipNaming, weightFiles } from '../nn/clip-names.js'
import { type Pool, poolWords } from '../nn/pools.js'
import { pythonRecipe, type Recipe, typescriptRecipe } from './recipes.js'

/** The first line of every card: a folder whose README.md begins with it is an export, and may be written again. */
export const MARK = '<!-- Written by `lacuna export`, which replaces this file. -->'

/** Stands there while the files of an export are being replaced. */
export const UNFINISHED = `${MARK}
# Not finished

The files here are partly of one export and partly of another: \`lacuna export\` was broken off while it replaced them. Run it again.
`

export interface CardFacts {
  readonly config: Pick<RunConfig, 'encoder' | 'method' | 'data' | 'batch'>
  readonly recipe: Recipe
  readonly step: number
  readonly width: number
  readonly layer: string
  readonly pool: Pool
  readonly version: string
  readonly fingerprint: string
  /** Whose names the weights of pictures and of texts have, where there are models of both that share a space */
  readonly names?: ClipNaming | undefined
}

/** README.md of an export: what goes in, what comes out, and how to make it in Python and TypeScript. */
export function card({ config, recipe, step, width, names, ...facts }: CardFacts): string {
  const { size, channels, fit, background } = recipe
  return `${MARK}
# ${config.encoder}, trained with ${config.method}

Turns a picture into ${width} numbers. Made by Lacuna ${facts.version}; trained without labels on ${config.data.records} pictures, ${step} steps of ${config.batch}.

| | |
|---|---|
| input \`image\` | uint8 [N, ${size}, ${size}, ${channels}], rows from the top, ${channels === 3 ? 'sRGB, red first' : 'grey'}, 0 … 255 |
| output \`features\` | float32 [N, ${width}] |
| taken after | ${facts.layer}, ${poolWords(facts.pool, 'image')} |
| weights | \`encoder.safetensors\`, names and layouts as in torchvision (ResNet) and timm (ViT) |
| data | fingerprint ${facts.fingerprint} |

Bytes are scaled and normalised inside the model. What it must be given, and was trained on:

1. the first frame, turned upright as its EXIF orientation says, in sRGB;
2. what is transparent laid on ${background};
3. ${steps[fit](size)}, with the Lanczos-3 filter${channels === 1 ? ';\n4. grey: the luminance of linear light, as libvips and sharp have it' : ''}.
${rangeNote(recipe)}
Both recipes below do this. For pictures of more than 64 × 64 px sharp gives the very pixels that were trained with; smaller ones Lacuna resamples itself, and sharp differs from it by some levels at sharp edges, well below one on average. Pillow's Lanczos differs from sharp's in the same way, other filters (bilinear, \`torchvision.transforms.Resize\`) by much more. \`openEncoder(run).embedPicture\` of Lacuna reads every picture as it was trained with.

## Python

\`pip install onnxruntime pillow numpy\`

\`\`\`python
${pythonRecipe(recipe)}
\`\`\`

## TypeScript

\`npm install onnxruntime-node sharp --ignore-scripts\`

\`\`\`ts
${typescriptRecipe(recipe)}
\`\`\`
${names ? sharedNote(names) : ''}`
}

const steps = {
  crop: (size: number) =>
    `the short side resized to ${size} pixels and the middle cropped (of two middles the later one)`,
  pad: (size: number) =>
    `the long side resized to ${size} pixels and the rest filled with the background on both sides`,
  squash: (size: number) => `both sides resized to ${size} pixels`,
} as const

/** How pictures and texts are compared, in TypeScript: the folder is as Hugging Face's libraries expect one of a CLIPModel. */
const sharedNote = (names: ClipNaming) => `
## Pictures and texts

\`image.onnx\` and \`text.onnx\` put pictures and texts into one space, in which a picture is near its captions by the cosine: \`pixel_values\` float32 [N, C, H, W] in 0 … 1 become \`image_embeds\`, and \`input_ids\` int64 [N, L], filled up to L with zeros, \`text_embeds\`. \`tokenizer.json\` makes the numbers of a text. \`${weightFiles[names]}\` has the weights of both by the names of ${names === 'open_clip' ? "open_clip's CLIP" : "Hugging Face's CLIPModel"}. With \`npm install @huggingface/transformers\`:

\`\`\`ts
import { AutoTokenizer, CLIPTextModelWithProjection } from '@huggingface/transformers'

const tokenizer = await AutoTokenizer.from_pretrained(folder)
const options = { subfolder: '', model_file_name: 'text', dtype: 'fp32' }
const model = await CLIPTextModelWithProjection.from_pretrained(folder, options)
const { text_embeds } = await model(tokenizer(['a red car'], { padding: 'max_length', truncation: true }))
\`\`\`

and \`AutoProcessor\` with \`CLIPVisionModelWithProjection\` and \`model_file_name: 'image'\` for pictures.
`

function rangeNote({ range }: Recipe): string {
  if (range === 'auto') return ''
  const which = range.of === 'deep' ? 'Pictures of more than 8 bits' : 'All pictures'
  return `\n${which}: stored values from ${range.low} to ${range.high} become 0 to 255.\n`
}
