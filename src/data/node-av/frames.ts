import { decoded, filtered, openFile, streamOf } from './decoding.js'
import { type Frame, type Library, MATRIX, UNKNOWN } from './library.js'
import { rescale } from './times.js'
import { uprightFilters } from './upright.js'

/** The frames of the first film in a file, turned upright and filtered, each as its bytes without gaps. */
export function* framesOf(av: Library, path: string, filters: readonly string[]): Generator<Uint8Array> {
  const file = openFile(av, path)
  const stream = streamOf(file, 'video', 'it has no film')
  const { timeBase, avgFrameRate, codecpar, sampleAspectRatio: pixel } = stream
  const usual = avgFrameRate.num > 0 ? rescale(1n, { num: avgFrameRate.den, den: avgFrameRate.num }, timeBase) : 1n
  const timed = function* () {
    let next = 0n
    for (const frame of decoded(av, file, stream)) {
      frame.pts = frame.bestEffortTimestamp === UNKNOWN ? next : frame.bestEffortTimestamp
      if (frame.duration <= 0n) frame.duration = usual
      if (pixel.num > 0) frame.sampleAspectRatio = pixel
      next = frame.pts + frame.duration
      yield frame
    }
  }
  const chain = (frame: Frame) => {
    const { width, height, format, colorSpace, colorRange, sampleAspectRatio } = frame
    const source = [
      `buffer@in=video_size=${width}x${height}:pix_fmt=${format}:time_base=${timeBase.num}/${timeBase.den}`,
      `pixel_aspect=${sampleAspectRatio.num}/${sampleAspectRatio.den}:colorspace=${colorSpace}:range=${colorRange}`,
    ]
    const matrix = frame.getSideData(MATRIX.ofFrame) ?? codecpar.getCodedSideData(MATRIX.ofStream)
    return [source.join(':'), ...uprightFilters(matrix), ...filters, 'buffersink@out']
  }
  for (const frame of filtered(av, timed(), chain)) yield frame.toBuffer()
}
