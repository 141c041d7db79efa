import type { Fit } from '../../channels/fits.js'
import { start } from '../ffmpeg.js'
import type { FilmWanted, Frames } from './film.js'
import { missing, type Probed } from './probe.js'

/**
 * The frames of a film as ffmpeg decodes them: turned upright, at the moments that are wanted by their presentation times, made
 * square. Time begins with the file; where its sound begins first, the first frame is there already.
 *
 * @param path absolute
 */
export async function ffmpegFrames(path: string, probed: Probed, wanted: FilmWanted): Promise<Frames> {
  const { size, channels } = wanted
  const task = { kind: 'frames', filters: filtersFor(probed, wanted), pixels: formatOf(channels) } as const
  const { chunks, ended, said, stop } = await start(task, path, missing)
  return {
    square: probed.square,
    rate: probed.rate,
    damaged: () => said() !== '',
    frames: (async function* () {
      let count = 0
      try {
        for await (const frame of inFrames(chunks, size * size * channels)) {
          count++
          yield frame
        }
        // a broken end leaves what stands before it
        await ended.catch(error => {
          if (count === 0) throw error
        })
      } finally {
        stop()
      }
    })(),
  }
}

const formatOf = (channels: 1 | 3) => (channels === 1 ? 'gray' : 'rgb24')

/** In the order in which they are applied; colours come before the cut, which would else keep to pairs of pixels. */
export function filtersFor(
  { squeezed }: Pick<Probed, 'squeezed'>,
  { size, channels, rate, fit, background }: Omit<FilmWanted, 'scratch' | 'signal'>,
): string[] {
  const scaled = (more: string) => `scale=${size}:${size}${more}:flags=lanczos+accurate_rnd+full_chroma_int`
  const middle: { readonly [F in Fit]: readonly string[] } = {
    crop: [scaled(':force_original_aspect_ratio=increase'), `format=${formatOf(channels)}`, `crop=${size}:${size}`],
    pad: [
      scaled(':force_original_aspect_ratio=decrease'),
      'format=rgb24', // which takes the colour as it is told
      `pad=${size}:${size}:(ow-iw)/2:(oh-ih)/2:color=${background.replace('#', '0x')}`,
      `format=${formatOf(channels)}`,
    ],
    squash: [scaled(''), `format=${formatOf(channels)}`],
  }
  return [
    `fps=fps=${rate}:start_time=0:round=near`,
    ...(squeezed ? ['scale=trunc(iw*sar):ih', 'setsar=1'] : []),
    ...middle[fit],
  ]
}

/** What comes in pieces of any length, in pieces of one; what is left over is no whole frame. */
async function* inFrames(chunks: AsyncIterator<Buffer>, length: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let frame = new Uint8Array(length)
  let filled = 0
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    for (let chunk: Uint8Array = next.value; chunk.length > 0; ) {
      const part = chunk.subarray(0, length - filled)
      frame.set(part, filled)
      filled += part.length
      chunk = chunk.subarray(part.length)
      if (filled < length) continue
      yield frame
      frame = new Uint8Array(length)
      filled = 0
    }
  }
}
