import { openFile } from './decoding.js'
import { ATTACHED_PICTURE, AUDIO, type Library, type Ratio, VIDEO } from './library.js'

const kinds: Readonly<Record<number, string>> = { [VIDEO]: 'video', [AUDIO]: 'audio' }
const told = ({ num }: Ratio): boolean => num > 0

/** What is asked of `ffprobe -show_streams -of json`, in its words. */
export function look(av: Library, path: string): object {
  const streams = openFile(av, path).streams.map(stream => {
    const { codecpar, avgFrameRate, disposition } = stream
    const pixel = told(stream.sampleAspectRatio) ? stream.sampleAspectRatio : codecpar.sampleAspectRatio
    return {
      codec_type: kinds[codecpar.codecType],
      width: codecpar.width,
      height: codecpar.height,
      avg_frame_rate: `${avgFrameRate.num}/${avgFrameRate.den}`,
      ...(told(pixel) && { sample_aspect_ratio: `${pixel.num}:${pixel.den}` }),
      disposition: { attached_pic: (disposition & ATTACHED_PICTURE) === 0 ? 0 : 1 },
    }
  })
  return { streams }
}
