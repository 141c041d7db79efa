import { z } from 'zod'

const whole = z.number().int().positive()
const colours = z.union([z.literal(1), z.literal(3)])
const rate = z.number().positive()

/** What one channel of the data is, as it lies in the store and as a program is given a batch of it. */
export const channelSchema = z.discriminatedUnion('kind', [
  /** uint8 [N, size, size, colours] */
  z.strictObject({ kind: z.literal('image'), size: whole, colours }),
  /** float [N, length] in [−1, 1), `rate` of them a second */
  z.strictObject({ kind: z.literal('audio'), rate, length: whole }),
  /** uint8 [N, length, size, size, colours], `rate` frames a second */
  z.strictObject({ kind: z.literal('video'), size: whole, colours, rate, length: whole }),
  /** int [N, length], each of 0 … vocabulary − 1 */
  z.strictObject({ kind: z.literal('text'), vocabulary: whole, length: whole }),
  /** float [N, width], made from other channels before the training */
  z.strictObject({ kind: z.literal('vector'), width: whole }),
])
export type Channel = Readonly<z.output<typeof channelSchema>>

export type Kind = Channel['kind']
export const kinds = ['image', 'audio', 'video', 'text', 'vector'] as const satisfies readonly Kind[]
export type ChannelOf<K extends Kind> = Extract<Channel, { readonly kind: K }>

/** Kinds whose records are longer or shorter: a sample is a window of `length` units (numbers, frames, tokens) of each. */
export type SequenceKind = 'audio' | 'video' | 'text'
export const isSequence = (channel: Channel): channel is ChannelOf<SequenceKind> => 'length' in channel

/** How much of a record a sample is: all of an image, a part of what goes on in time. */
export type Window<K extends Kind> = K extends 'audio'
  ? InTime & { readonly seconds: number }
  : K extends 'video'
    ? InTime & ({ readonly seconds: number } | { readonly frames: number })
    : K extends 'text'
      ? {
          readonly tokens: number
          /** Of the tokenizer, where one is learnt from the texts */
          readonly vocabulary?: number
        }
      : object

/** A window of what goes on in time. */
export interface InTime {
  /** Name of the channel that leads: this one is taken from the same moment */
  readonly with?: string
}

/** What a method wants to be given of a channel. */
export type Wanted<K extends Kind = Kind> = { readonly [P in K]: { readonly kind: P } & Window<P> }[K]

/** What a method wants to be given, under the names that it uses. */
export type Reads = Readonly<Record<string, Wanted>>

export const image = (): Wanted<'image'> => ({ kind: 'image' })
export const audio = (window: Window<'audio'>): Wanted<'audio'> => ({ kind: 'audio', ...window })
export const video = (window: Window<'video'>): Wanted<'video'> => ({ kind: 'video', ...window })
export const text = (window: Window<'text'>): Wanted<'text'> => ({ kind: 'text', ...window })
export const vector = (): Wanted<'vector'> => ({ kind: 'vector' })

/** The channels as the data has them, narrowed to the kinds that were asked for. */
export type Channels<R extends Reads = Reads> = { readonly [Name in keyof R]: ChannelOf<R[Name]['kind']> }

/** One input of a program. */
export interface Input {
  readonly shape: readonly number[]
  readonly dtype: 'uint8' | 'int' | 'float'
}

const inputs: { readonly [K in Kind]: (channel: ChannelOf<K>, n: number) => Input } = {
  image: ({ size, colours }, n) => ({ shape: [n, size, size, colours], dtype: 'uint8' }),
  audio: ({ length }, n) => ({ shape: [n, length], dtype: 'float' }),
  video: ({ length, size, colours }, n) => ({ shape: [n, length, size, size, colours], dtype: 'uint8' }),
  text: ({ length }, n) => ({ shape: [n, length], dtype: 'int' }),
  vector: ({ width }, n) => ({ shape: [n, width], dtype: 'float' }),
}

/** Under this name a program is given how many units of each window are there; those after them are zeros. */
export const lengthsName = (name: string): string => `${name}.lengths`

/**
 * How a program is given a batch of a channel, by the names of its inputs: the values, and of what goes on in time the
 * lengths, int [N].
 * @param n samples in the batch
 */
export function inputsOf(name: string, channel: Channel, n: number): Readonly<Record<string, Input>> {
  const values = (inputs[channel.kind] as (channel: Channel, n: number) => Input)(channel, n)
  return { [name]: values, ...(isSequence(channel) && { [lengthsName(name)]: { shape: [n], dtype: 'int' } }) }
}
