import { z } from 'zod'
import { installFfmpeg, start } from '../ffmpeg.js'

/** What a film says of itself before it is decoded. */
export interface Probed {
  /** Frames a second, on average */
  readonly rate: number | undefined
  /** As it is looked at: turned upright, with square pixels */
  readonly square: boolean
  /** Its pixels are not square */
  readonly squeezed: boolean
  readonly sound: boolean
}

const install = `${installFfmpeg}, or save its frames as numbered pictures: ffmpeg -i film.mp4 film/%05d.png`

/** Why a film cannot be read where there is neither ffmpeg nor node-av: the same for all, so that it is told once. */
export const missing = `needs ffmpeg: ${install}`

const streamSchema = z.object({
  codec_type: z.string().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  avg_frame_rate: z.string().optional(),
  sample_aspect_ratio: z.string().optional(),
  disposition: z.object({ attached_pic: z.number().optional() }).optional(),
  tags: z.object({ rotate: z.string().optional() }).optional(),
  side_data_list: z.array(z.object({ rotation: z.number().optional() })).optional(),
})
const probeSchema = z.object({ streams: z.array(streamSchema).default([]) })

/**
 * Asks ffprobe, or node-av.
 * @throws Error in one line: that there is neither, that the file cannot be read, or that there is no film in it
 */
export async function probe(path: string): Promise<Probed> {
  const { chunks, ended, stop } = await start({ kind: 'look' }, path, missing)
  const said: Buffer[] = []
  try {
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) said.push(next.value)
    await ended
  } finally {
    stop()
  }
  const { streams } = probeSchema.parse(JSON.parse(Buffer.concat(said).toString() || '{}'))
  const film = streams.find(({ codec_type, disposition }) => codec_type === 'video' && disposition?.attached_pic !== 1)
  const sound = streams.some(({ codec_type }) => codec_type === 'audio')
  if (film === undefined) throw new Error(sound ? 'is a recording: it has sound and no film' : 'has no film in it')
  const { width = 0, height = 0 } = film
  const pixel = ratioOf(film.sample_aspect_ratio) ?? 1
  return { rate: ratioOf(film.avg_frame_rate), square: width * pixel === height, squeezed: pixel !== 1, sound }
}

/** `30000/1001`, `4:3`; undefined for what is unknown, which is said as zero */
function ratioOf(text = ''): number | undefined {
  const [above = Number.NaN, below = 1] = text.split(/[/:]/).map(Number)
  return above > 0 && below > 0 ? above / below : undefined
}
