import { z } from 'zod'
import { c4 } from './c4.js'
import { activations } from './clip-layers.js'
import { clipVit, clipVitPresets } from './clip-vit.js'
import type { EncoderEntry } from './encoder-entry.js'
import { intoHeads, optionsInName, positive, transformerSizes } from './name-options.js'
import { type ResNetDepth, type ResNetOptions, resnet } from './resnet.js'
import { vit, vitPresets } from './vit.js'

type Entry = EncoderEntry<'image'>

const CLIP_VIT = 'clip-vit:'
const clipVitExample = `${CLIP_VIT}dim=192,depth=6,heads=3`
const clipVitSizes = intoHeads(
  z.strictObject({ ...transformerSizes, patch: positive.optional(), activation: z.enum(activations).optional() }),
)

/** Names of those that are built in; `vit:dim=192,depth=6,heads=3` and `vit-tiny/8` are patterns of further ones. */
export type PictureEncoderName =
  | `c4${'' | '-half'}${'' | '-gn'}`
  | `resnet${ResNetDepth}${'' | '-small' | '-imagenet'}${'' | '-gn'}`
  | `vit-${keyof typeof vitPresets}`
  | `clip-vit-${keyof typeof clipVitPresets}`

/** Encoders of pictures that are built in. */
export const pictureEncoders: readonly Entry[] = [
  convolutions('c4', 'four 3×3 convolutions; c4-gn: group norm for batch norm', 1),
  convolutions('c4-half', 'c4 with half the channels; c4-half-gn as c4-gn', 0.5),
  residual(
    18,
    'residual network; resnet18-small: a stem for pictures up to 64 px (the default there), resnet18-imagenet: the usual one; -gn at the end: group norm for batch norm',
  ),
  residual(34, 'residual network; suffixes as resnet18'),
  residual(50, 'residual network of bottlenecks; suffixes as resnet18'),
  transformer('mini', 'vision transformer; vit-mini/8 sets the side of a patch in pixels'),
  transformer('tiny', 'vision transformer; /patch as vit-mini'),
  transformer('small', 'vision transformer; /patch as vit-mini'),
  transformer('base', 'vision transformer; /patch as vit-mini'),
  {
    reads: 'image',
    name: 'vit:',
    description:
      'vision transformer in any size, as vit:dim=192,depth=6,heads=3; also patch=8, mlp=4 (hidden width over dim), class=false (mean over the patches in place of a class token)',
    weights: "timm's VisionTransformer of the same sizes",
    example: 'vit:dim=192,depth=6,heads=3',
    builder: rest => {
      const options = customOptions(rest)
      return input => vit(input, options)
    },
  },
  ...clipVits(
    "CLIP's vision transformer: a norm before its blocks too, and colours about their mean; /patch as vit-mini",
  ),
  {
    reads: 'image',
    name: CLIP_VIT,
    description: `the same in any size, as ${clipVitExample}; also patch=8, mlp=4 (hidden width over dim), activation=quick-gelu`,
    weights: "CLIPModel of transformers, or open_clip's CLIP, of the same sizes, as safetensors",
    example: clipVitExample,
    builder: rest => {
      const { mlp = 4, ...options } = optionsInName(CLIP_VIT, rest, clipVitSizes, clipVitExample)
      return input => clipVit(input, { ...options, hiddenWidth: mlp * options.dim })
    },
  },
]

function convolutions(name: string, description: string, scale: number): Entry {
  return {
    reads: 'image',
    name,
    description,
    weights: 'none of others',
    example: name,
    builder(rest) {
      if (rest !== '' && rest !== '-gn') return undefined
      return input => c4(input, { scale, norm: rest === '' ? 'batch' : 'group' })
    },
  }
}

function residual(depth: ResNetDepth, description: string): Entry {
  return {
    reads: 'image',
    name: `resnet${depth}`,
    description,
    weights: `torchvision's resnet${depth}, with --encoder resnet${depth}-imagenet and --channels 3`,
    example: `resnet${depth}`,
    builder(rest) {
      const suffix = /^(?:-(small|imagenet))?(-gn)?$/.exec(rest)
      if (suffix === null) return undefined
      const norm: ResNetOptions['norm'] = suffix[2] === undefined ? 'batch' : 'group'
      return input => resnet(input, { depth, stem: suffix[1] as ResNetOptions['stem'], norm })
    },
  }
}

function transformer(preset: keyof typeof vitPresets, description: string): Entry {
  return {
    reads: 'image',
    name: `vit-${preset}`,
    description,
    weights:
      preset === 'mini'
        ? "timm's VisionTransformer of the same sizes"
        : `timm's vit_${preset}_patch16_224, with --size 224 and --encoder vit-${preset}/16`,
    example: `vit-${preset}`,
    builder(rest) {
      const patch = patchIn(rest)
      return patch && (input => vit(input, { ...vitPresets[preset], ...patch }))
    },
  }
}

function clipVits(description: string): Entry[] {
  return (['base', 'large'] as const).map(preset => ({
    reads: 'image',
    name: `clip-vit-${preset}`,
    description,
    weights: `OpenAI's ViT-${preset === 'base' ? 'B/32' : 'L/14'} as CLIPModel of transformers or as open_clip has it, with --size 224 and --encoder clip-vit-${preset === 'base' ? 'base/32' : 'large/14'}`,
    example: `clip-vit-${preset}`,
    builder(rest) {
      const patch = patchIn(rest)
      return patch && (input => clipVit(input, { ...clipVitPresets[preset], ...patch }))
    },
  }))
}

/** What '/8' says after a name: nothing says nothing. */
function patchIn(rest: string): { readonly patch: number | undefined } | undefined {
  const suffix = /^(?:\/([1-9]\d*))?$/.exec(rest)
  return suffix === null ? undefined : { patch: suffix[1] === undefined ? undefined : Number(suffix[1]) }
}

const custom = intoHeads(
  z.strictObject({ ...transformerSizes, patch: positive.optional(), class: z.enum(['true', 'false']).optional() }),
)

/** @param text 'dim=192,depth=6,heads=3' */
function customOptions(text: string) {
  const example = 'vit:dim=192,depth=6,heads=3,patch=4,class=false'
  const { mlp: mlpRatio, class: classToken, ...sizes } = optionsInName('vit:', text, custom, example)
  return { ...sizes, mlpRatio, classToken: classToken === undefined ? undefined : classToken === 'true' }
}
