import { LacunaError } from '../errors.js'
import type { Channel, ChannelOf, Channels, Kind, Reads, Wanted } from './channel.js'

type Available = Readonly<Record<string, Channel>>

/**
 * Which channel of the data is meant by a name: that of this name, or else the only one of the kind. A picture may also be a frame of
 * the only film.
 * @throws LacunaError (wrong usage) where there is none
 */
export function nameFor(name: string, kind: Kind, available: Available): string {
  if (available[name]?.kind === kind) return name
  const own = Object.entries(available).filter(([, channel]) => channel.kind === kind)
  const films = Object.entries(available).filter(([, channel]) => channel.kind === 'video')
  const [only, ...others] = own.length === 0 && kind === 'image' ? films : own
  if (only !== undefined && others.length === 0) return only[0]
  const has = Object.entries(available).map(([own, channel]) => `${own} (${channel.kind})`)
  throw new LacunaError(
    `the channel ${name} (${kind}) is wanted, the data has ${has.join(', ')}; give data that has it, or choose another method`,
    2,
  )
}

/**
 * The channels that a method reads: those of the data, in windows as long as it wants.
 * @throws LacunaError (wrong usage) where the data has no such channel
 */
export const channelsFor = (reads: Reads, available: Available): Channels =>
  Object.fromEntries(
    Object.entries(reads).map(([name, wanted]) => {
      const channel = seenAs(wanted.kind, available[nameFor(name, wanted.kind, available)] as Channel)
      return [name, { ...channel, ...windowOf(wanted, channel) }]
    }),
  )

/** A channel as a kind that it can stand in for: a film as its frames. */
export const seenAs = (kind: Kind, channel: Channel): Channel =>
  kind === 'image' && channel.kind === 'video'
    ? { kind: 'image', size: channel.size, colours: channel.colours }
    : channel

function windowOf(wanted: Wanted, channel: Channel): { readonly length?: number } {
  if ('frames' in wanted) return { length: wanted.frames }
  if ('tokens' in wanted) return { length: wanted.tokens }
  if ('seconds' in wanted && 'rate' in channel)
    return { length: Math.max(1, Math.round(wanted.seconds * channel.rate)) }
  return {}
}

/** The first channel of pictures, or else of films as their frames, if there is one. */
export const findImage = (channels: Available): ChannelOf<'image'> | undefined => {
  const all = Object.values(channels)
  const seen = [...all, ...all.map(channel => seenAs('image', channel))]
  return seen.find(channel => channel.kind === 'image')
}

/**
 * The same, where pictures are needed.
 * @throws LacunaError where there are none
 */
export function imageIn(channels: Available): ChannelOf<'image'> {
  const image = findImage(channels)
  if (image === undefined) throw new LacunaError('pictures are wanted, and the data has none')
  return image
}

/** The first channel of films, if there is one. */
export const findFilm = (channels: Available): ChannelOf<'video'> | undefined =>
  Object.values(channels).find(channel => channel.kind === 'video')

/** The first channel of sound and its name, if there is one. */
export function findAudio(channels: Available): readonly [name: string, channel: ChannelOf<'audio'>] | undefined {
  for (const [name, channel] of Object.entries(channels)) if (channel.kind === 'audio') return [name, channel]
  return undefined
}

/**
 * The same, where recordings are needed.
 * @throws LacunaError where there are none
 */
export function audioIn(channels: Available): readonly [name: string, channel: ChannelOf<'audio'>] {
  const audio = findAudio(channels)
  if (audio === undefined) throw new LacunaError('recordings are wanted, and the data has none')
  return audio
}

/** In a few words: `image of 32 px in colour`. */
export const described = (channels: Available): string =>
  Object.entries(channels)
    .map(([name, channel]) =>
      [
        name,
        'size' in channel && `of ${channel.size} px`,
        'colours' in channel && (channel.colours === 1 ? 'in grey' : 'in colour'),
        'rate' in channel && `at ${channel.rate} a second`,
        'width' in channel && `of ${channel.width} numbers`,
      ]
        .filter(word => word !== false)
        .join(' '),
    )
    .join(', ')
