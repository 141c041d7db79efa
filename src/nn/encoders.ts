import type { Kind } from '../channels/channel.js'
import { LacunaError } from '../errors.js'
import { nearest } from '../nearest.js'
import { type AudioEncoderName, audioEncoders } from './audio/encoders.js'
import { defineEncoder, type Encoder, type EncoderDefinition, type EncoderInputs } from './encoder.js'
import type { EncoderEntry, EncoderFamily } from './encoder-entry.js'
import { type PictureEncoderName, pictureEncoders } from './picture-encoders.js'
import { type TextEncoderName, textEncoders } from './text/encoders.js'

export type { EncoderFamily } from './encoder-entry.js'

/** Names of those that are built in; `vit:dim=192,depth=6,heads=3` and `vit-tiny/8` are patterns of further ones. */
export type EncoderName = PictureEncoderName | AudioEncoderName | TextEncoderName

const entries: readonly (EncoderEntry<'image'> | EncoderEntry<'audio'> | EncoderEntry<'text'>)[] = [
  ...pictureEncoders,
  ...audioEncoders,
  ...textEncoders,
]

/** What `makeEncoder` knows, for help texts. */
export const encoderNames: readonly EncoderFamily[] = entries.map(({ builder: _, ...entry }) => entry)

/**
 * Builds an encoder from its name, such as 'resnet18-gn', 'vit-tiny/8' or 'vit:dim=192,depth=6,heads=3'.
 * @throws LacunaError (2) when the name is unknown, or the encoder does not fit the data
 */
export const makeEncoder = (name: EncoderName | (string & {}), input: EncoderInputs[Kind]): Encoder =>
  encoderNamed(name).build(input as never)

/** The definition behind a name; the same one every time. */
export function builtInEncoder(name: string): EncoderDefinition | undefined {
  const before = found.get(name)
  if (before !== undefined) return before
  // the longest name that fits is meant: c4-half, not c4
  const candidates = entries.filter(entry => name.startsWith(entry.name)).sort((a, b) => b.name.length - a.name.length)
  for (const entry of candidates) {
    const definition = definitionOf<Kind>(name, entry as EncoderEntry<Kind>)
    if (definition === undefined) continue
    found.set(name, definition)
    return definition
  }
  return undefined
}
const found = new Map<string, EncoderDefinition>()

function definitionOf<K extends Kind>(name: string, { reads, name: start, description, builder }: EncoderEntry<K>) {
  const build = builder(name.slice(start.length))
  return build && defineEncoder({ name, reads, description, build })
}

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
