import { type Channel, type ChannelOf, type Channels, isSequence, type Kind } from '../channels/channel.js'
import { feedsOf, type Gathered } from '../channels/gathered.js'
import { uniforms } from '../program/draws.js'

type Values = Float32Array | Uint8Array | Int32Array
type Next = () => number

const bytes = (length: number, next: Next) => Uint8Array.from({ length }, () => Math.floor(256 * next()))
const within = (length: number, next: Next) => Float32Array.from({ length }, () => 2 * next() - 1)

/** White noise of each kind: every value by itself, evenly over all that there are. */
const noises: { readonly [K in Kind]: (channel: ChannelOf<K>, n: number, next: Next) => Values } = {
  image: ({ size, colours }, n, next) => bytes(n * size * size * colours, next),
  audio: ({ length }, n, next) => within(n * length, next),
  video: ({ length, size, colours }, n, next) => bytes(n * length * size * size * colours, next),
  text: ({ length, vocabulary }, n, next) =>
    Int32Array.from({ length: n * length }, () => Math.floor(vocabulary * next())),
  vector: ({ width }, n, next) => within(n * width, next),
}

/** A batch of white noise in every channel, the same for the same step, by the names of a program's inputs. */
export function noiseFor(channels: Channels, n: number, step: number): Readonly<Record<string, Values>> {
  const next = uniforms(0, step, 'white noise')
  const all = Object.entries(channels).map(([name, channel]) => {
    const values = (noises[channel.kind] as (channel: Channel, n: number, next: Next) => Values)(channel, n, next)
    return [name, isSequence(channel) ? { values, lengths: new Int32Array(n).fill(channel.length) } : values]
  })
  return feedsOf(Object.fromEntries(all) as Gathered)
}
