import { z } from 'zod'
import { LacunaError } from '../errors.js'
import { c4 } from './c4.js'
import type { Encoder, EncoderInput } from './encoder.js'
import { nearest } from './nearest.js'
import { type ResNetDepth, type ResNetOptions, resnet } from './resnet.js'
import { vit, vitPresets } from './vit.js'

/** One row of the registry: what it is called, and what is built from what stands behind the name. */
interface Entry {
  readonly name: string
  readonly description: string
  /** @param rest of the name, such as '-gn' or '/8'; `undefined` when it makes no sense here */
  readonly build: (rest: string, input: EncoderInput) => Encoder | undefined
}

const entries: readonly Entry[] = [
  plain('c4', 'four 3×3 convolutions, 256 numbers, 0.4 M parameters', input => c4(input)),
  plain('c4-half', 'c4 with half the channels: 128 numbers, 0.1 M parameters', input => c4(input, 0.5)),
  residual(18, '512 numbers, 11 M parameters; -small or -imagenet chooses the stem, -gn group norm for batch norm'),
  residual(34, '512 numbers, 21 M parameters; suffixes as resnet18'),
  residual(50, '2048 numbers, 24 M parameters; suffixes as resnet18'),
  transformer(
    'mini',
    'vision transformer, 96 numbers, 0.5 M parameters; vit-mini/8 sets the side of a patch in pixels',
  ),
  transformer('tiny', 'vision transformer, 192 numbers, 5.5 M parameters; /patch as vit-mini'),
  transformer('small', 'vision transformer, 384 numbers, 22 M parameters; /patch as vit-mini'),
  transformer('base', 'vision transformer, 768 numbers, 86 M parameters; /patch as vit-mini'),
  {
    name: 'vit:',
    description:
      'vision transformer in any size, as vit:dim=192,depth=6,heads=3; also patch=8, mlp=4 (hidden width over dim), class=false (mean over the patches in place of a class token)',
    build: (rest, input) => vit(input, customOptions(rest)),
  },
]

/** What `makeEncoder` knows, for help texts. */
export const encoderNames: readonly { readonly name: string; readonly description: string }[] = entries.map(
  ({ name, description }) => ({ name, description }),
)

/**
 * Builds an encoder from its name, such as 'resnet18-gn', 'vit-tiny/8' or 'vit:dim=192,depth=6,heads=3'.
 * @throws LacunaError (2) when the name is unknown or does not fit the pictures
 */
export function makeEncoder(name: string, input: EncoderInput): Encoder {
  // the longest name that fits is meant: c4-half, not c4
  const candidates = entries.filter(entry => name.startsWith(entry.name)).sort((a, b) => b.name.length - a.name.length)
  for (const entry of candidates) {
    const encoder = entry.build(name.slice(entry.name.length), input)
    if (encoder !== undefined) return encoder
  }
  const known = entries.map(entry => entry.name)
  const guess = nearest(name, known)
  const hint = guess === undefined ? '' : ` did you mean ${guess}?`
  throw new LacunaError(`unknown encoder "${name}":${hint} known are ${known.join(', ')}`, 2)
}

function plain(name: string, description: string, build: (input: EncoderInput) => Encoder): Entry {
  return { name, description, build: (rest, input) => (rest === '' ? build(input) : undefined) }
}

function residual(depth: ResNetDepth, description: string): Entry {
  return {
    name: `resnet${depth}`,
    description,
    build(rest, input) {
      const suffix = /^(?:-(small|imagenet))?(-gn)?$/.exec(rest)
      if (suffix === null) return undefined
      const norm: ResNetOptions['norm'] = suffix[2] === undefined ? 'batch' : 'group'
      return resnet(input, { depth, stem: suffix[1] as ResNetOptions['stem'], norm })
    },
  }
}

function transformer(preset: keyof typeof vitPresets, description: string): Entry {
  return {
    name: `vit-${preset}`,
    description,
    build(rest, input) {
      const suffix = /^(?:\/([1-9]\d*))?$/.exec(rest)
      if (suffix === null) return undefined
      return vit(input, { ...vitPresets[preset], patch: suffix[1] === undefined ? undefined : Number(suffix[1]) })
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
