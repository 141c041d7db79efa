import { z } from 'zod'
import { LacunaError } from '../errors.js'
import { nearest } from '../nearest.js'
import { c4 } from './c4.js'
import { defineEncoder, type Encoder, type EncoderDefinition, type EncoderInput } from './encoder.js'
import { type ResNetDepth, type ResNetOptions, resnet } from './resnet.js'
import { vit, vitPresets } from './vit.js'

/** What is told of an encoder that is built in, or of several of one kind. */
export interface EncoderFamily {
  /** What its names begin with */
  readonly name: string
  readonly description: string
  /** Whose files --weights takes for it, beside Lacuna's own of the same encoder */
  readonly weights: string
  /** A whole name that shows what it builds */
  readonly example: string
}

/** One row of the registry, with what is built from what stands behind the name. */
interface Entry extends EncoderFamily {
  /** @param rest of the name, such as '-gn' or '/8'; `undefined` when it makes no sense here */
  readonly builder: (rest: string) => Builder | undefined
}

/** @throws LacunaError (2) when the encoder does not fit the pictures */
type Builder = (input: EncoderInput) => Encoder

/** Names of those that are built in; `vit:dim=192,depth=6,heads=3` and `vit-tiny/8` are patterns of further ones. */
export type EncoderName =
  | 'c4'
  | 'c4-half'
  | `resnet${ResNetDepth}${'' | '-small' | '-imagenet'}${'' | '-gn'}`
  | `vit-${keyof typeof vitPresets}`

const entries: readonly Entry[] = [
  plain('c4', 'four 3×3 convolutions', input => c4(input)),
  plain('c4-half', 'c4 with half the channels', input => c4(input, 0.5)),
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
]

/** What `makeEncoder` knows, for help texts. */
export const encoderNames: readonly EncoderFamily[] = entries.map(({ builder: _, ...entry }) => entry)

/**
 * Builds an encoder from its name, such as 'resnet18-gn', 'vit-tiny/8' or 'vit:dim=192,depth=6,heads=3'.
 * @throws LacunaError (2) when the name is unknown or does not fit the pictures
 */
export const makeEncoder = (name: EncoderName | (string & {}), input: EncoderInput): Encoder =>
  encoderNamed(name).build(input)

/** The definition behind a name; the same one every time. */
export function builtInEncoder(name: string): EncoderDefinition | undefined {
  const before = found.get(name)
  if (before !== undefined) return before
  // the longest name that fits is meant: c4-half, not c4
  const candidates = entries.filter(entry => name.startsWith(entry.name)).sort((a, b) => b.name.length - a.name.length)
  for (const { name: start, description, builder } of candidates) {
    const build = builder(name.slice(start.length))
    if (build === undefined) continue
    const definition = defineEncoder({ name, reads: 'image', description, build })
    found.set(name, definition)
    return definition
  }
  return undefined
}
const found = new Map<string, EncoderDefinition>()

/**
 * The definition behind a name.
 * @param others that are known beside those built in
 * @throws LacunaError (2) when the name is unknown
 */
export function encoderNamed(name: string, others: readonly EncoderDefinition[] = []): EncoderDefinition {
  const definition = others.find(other => other.name === name) ?? builtInEncoder(name)
  if (definition !== undefined) return definition
  const known = [...others, ...entries].map(entry => entry.name)
  const guess = nearest(name, known)
  const hint = guess === undefined ? '' : ` did you mean ${guess}?`
  throw new LacunaError(`unknown encoder "${name}":${hint} known are ${known.join(', ')}`, 2)
}

function plain(name: string, description: string, build: Builder): Entry {
  const weights = 'none of others'
  return { name, description, weights, example: name, builder: rest => (rest === '' ? build : undefined) }
}

function residual(depth: ResNetDepth, description: string): Entry {
  return {
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
    name: `vit-${preset}`,
    description,
    weights:
      preset === 'mini'
        ? "timm's VisionTransformer of the same sizes"
        : `timm's vit_${preset}_patch16_224, with --size 224 and --encoder vit-${preset}/16`,
    example: `vit-${preset}`,
    builder(rest) {
      const suffix = /^(?:\/([1-9]\d*))?$/.exec(rest)
      if (suffix === null) return undefined
      const patch = suffix[1] === undefined ? undefined : Number(suffix[1])
      return input => vit(input, { ...vitPresets[preset], patch })
    },
  }
}

const positive = z.coerce.number().int().positive()
const custom = z
  .strictObject({
    dim: positive,
    depth: positive,
    heads: positive,
    patch: positive.optional(),
    mlp: positive.optional(),
    class: z.enum(['true', 'false']).optional(),
  })
  .refine(({ dim, heads }) => dim % heads === 0, { message: 'does not divide into the heads', path: ['dim'] })

/** @param text 'dim=192,depth=6,heads=3' */
function customOptions(text: string) {
  const pairs = text.split(',').map(pair => pair.split('=', 2) as [string, string | undefined])
  const parsed = custom.safeParse(Object.fromEntries(pairs))
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => [...path, message].join(': '))
    throw new LacunaError(
      `encoder "vit:${text}": ${problems.join('; ')}; write it as vit:dim=192,depth=6,heads=3,patch=4,class=false`,
      2,
    )
  }
  const { mlp: mlpRatio, class: classToken, ...sizes } = parsed.data
  return { ...sizes, mlpRatio, classToken: classToken === undefined ? undefined : classToken === 'true' }
}
