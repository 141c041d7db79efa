import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { ChannelOf } from '../channels/channel.js'
import type { Reading } from '../channels/reading.js'
import { timeOf } from './audio/hearing.js'
import { dropKept, partsOf } from './audio/scratch.js'
import type { MakerIn } from './build.js'
import { inOrder } from './concurrency.js'
import { copyNotes, equalCopies } from './copies.js'
import { countOf } from './media.js'
import type { Members, Opening } from './types.js'
import { decodeFilm, type FilmPlace, type Looked, lookAtFilm } from './video/decode.js'
import type { Film } from './video/film.js'

export interface FilmsWanted extends Pick<Opening, 'signal' | 'workers'> {
  readonly size: number
  readonly channels: 1 | 3
  readonly reading: Reading
  /** Frames a second; as many as the films have, at most 10, unless told */
  readonly fps?: number | undefined
  /** Films without sound are none */
  readonly heard?: boolean
}

/** Frames a second of films where nobody says how many */
const MOST_RATE = 10

/** Films of a listing, as one channel of uint8 frames. */
export function filmMaker(members: Members, wanted: FilmsWanted): MakerIn<Film> {
  const { size, channels, reading, fps, heard, signal, workers = availableParallelism() } = wanted
  const placeOf = (position: number): FilmPlace => {
    const frames = members.frames?.(position)
    if (frames !== undefined) return { frames }
    const file = members.file?.(position)
    if (file === undefined) throw new Error('is no file of its own, and films are read from files')
    return { file }
  }
  let looking: Promise<{ readonly rate: number; readonly all: readonly (Looked | Error)[] }> | undefined
  /** All films, for a rate that is right for most of them */
  const look = async () => {
    const all: (Looked | Error)[] = []
    const one = async (position: number) => lookAtFilm(placeOf(position))
    const looks = inOrder(members.items.length, workers, position => one(position).catch((error: Error) => error))
    for await (const looked of looks) {
      signal?.throwIfAborted()
      all.push(looked)
    }
    const rates = all.flatMap(looked => (looked instanceof Error || looked.rate === undefined ? [] : [looked.rate]))
    const own = rates.length === 0 ? MOST_RATE : Math.max(...rates)
    return { rate: fps ?? Math.min(MOST_RATE, Math.round(1000 * own) / 1000), all }
  }
  const seen = sightsOf(reading)
  const digests: string[] = []
  let [longest, rate] = [1, fps ?? MOST_RATE]
  const channel = (): ChannelOf<'video'> => ({ kind: 'video', size, colours: channels, rate, length: longest })
  return folder => ({
    name: 'video',
    channel: channel(),
    workers,
    bytes: 0,
    async make(position) {
      looking ??= look()
      const found = await looking
      rate = found.rate
      const looked = found.all[position]
      if (looked instanceof Error || looked === undefined) throw looked ?? new Error('cannot be read')
      if (heard && !looked.sound) throw new Error('has no sound')
      const { fit, background } = reading
      const scratch = join(folder, `${position}.frames`)
      return decodeFilm(placeOf(position), looked, { size, channels, rate, fit, background, scratch, signal })
    },
    parts: film => partsOf(film, length => new Uint8Array(length)),
    drop: dropKept,
    see(film) {
      seen.see(film)
      digests.push(film.digest)
      longest = Math.max(longest, film.frames)
    },
    finish(items) {
      const copies = equalCopies(digests)
      return {
        channel: channel(),
        reading: { ...reading, range: 'auto' },
        copies,
        notes: [...seen.notes(rate, fps !== undefined), ...copyNotes(items, copies, 'video')],
      }
    },
  })
}

/** Keeps count of what the user should know of films as they are decoded. */
function sightsOf({ fit }: Reading) {
  let [total, frames, cut, damaged, untimed] = [0, 0, 0, 0, 0]
  const rates: number[] = []
  return {
    see(film: Film): void {
      total++
      frames += film.frames
      if (!film.square) cut++
      if (film.damaged) damaged++
      if (film.rate === undefined) untimed++
      else rates.push(film.rate)
    },
    notes(rate: number, told: boolean): string[] {
      const of = (count: number, one: string, more: string) => `${count} of ${total} films ${count === 1 ? one : more}`
      const shown = (value: number) => `${Number(value.toPrecision(3))}`
      const fast = rates.filter(own => own > rate * 1.01)
      const slow = rates.filter(own => own < rate * 0.99).length
      const [low, high] = [shown(Math.min(...fast)), shown(Math.max(...fast))]
      const notes = [
        `${countOf(total, 'video')}, ${timeOf(frames / rate)} in all, ${frames} frames at ${shown(rate)} a second.`,
      ]
      if (fast.length > 0)
        notes.push(
          `${of(fast.length, 'has', 'have')} more frames a second (${low === high ? low : `${low} to ${high}`}): ${shown(rate)} are taken. --fps takes more or fewer.`,
        )
      if (slow > 0)
        notes.push(
          `${of(slow, 'has', 'have')} fewer frames a second than ${shown(rate)}: some are there twice. --fps takes fewer.`,
        )
      if (untimed > 0 && !told)
        notes.push(
          `${of(untimed, 'is', 'are')} of numbered pictures, which say nothing of time: taken as ${shown(rate)} a second. --fps says it otherwise.`,
        )
      if (cut > 0 && fit === 'crop')
        notes.push(
          `${of(cut, 'is not square', 'are not square')}: cut to the middle. --fit pad or --fit squash keeps all of them.`,
        )
      if (damaged > 0)
        notes.push(`${of(damaged, 'is', 'are')} damaged: taken as far as ${damaged === 1 ? 'it goes' : 'they go'}.`)
      return notes
    },
  }
}
