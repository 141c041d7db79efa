/** What one channel of the data is, as it lies in the store and as a program is given a batch of it. */
export type Channel =
  /** uint8 [N, size, size, colours] */
  | { readonly kind: 'image'; readonly size: number; readonly colours: 1 | 3 }
  /** int16 [N, length], `rate` of them a second */
  | { readonly kind: 'audio'; readonly rate: number; readonly length: number }
  /** uint8 [N, length, size, size, colours], `rate` frames a second */
  | {
      readonly kind: 'video'
      readonly size: number
      readonly colours: 1 | 3
      readonly rate: number
      readonly length: number
    }
  /** int64 [N, length], each of 0 … vocabulary − 1 */
  | { readonly kind: 'text'; readonly vocabulary: number; readonly length: number }
  /** float32 [N, width], made from other channels before the training */
  | { readonly kind: 'vector'; readonly width: number }

export type Kind = Channel['kind']
export type ChannelOf<K extends Kind> = Extract<Channel, { readonly kind: K }>

/** How much of a record a sample is: all of an image, a part of what goes on in time. */
export type Window<K extends Kind> = K extends 'audio' | 'video'
  ? {
      readonly seconds: number
      /** Name of the channel that leads: this one is taken from the same moment */
      readonly with?: string
    }
  : K extends 'text'
    ? { readonly tokens: number }
    : object

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

/** How a program is given a batch of a channel. */
export interface Batch {
  readonly shape: readonly number[]
  readonly dtype: 'uint8' | 'int' | 'float'
}

const batches: { readonly [K in Kind]: (channel: ChannelOf<K>, n: number) => Batch } = {
  image: ({ size, colours }, n) => ({ shape: [n, size, size, colours], dtype: 'uint8' }),
  audio: ({ length }, n) => ({ shape: [n, length], dtype: 'int' }),
  video: ({ length, size, colours }, n) => ({ shape: [n, length, size, size, colours], dtype: 'uint8' }),
  text: ({ length }, n) => ({ shape: [n, length], dtype: 'int' }),
  vector: ({ width }, n) => ({ shape: [n, width], dtype: 'float' }),
}

/** @param n samples in the batch */
export const batchOf = <K extends Kind>(channel: ChannelOf<K>, n: number): Batch =>
  (batches[channel.kind] as (channel: Channel, n: number) => Batch)(channel, n)
