import { decoded, filtered, openFile, streamOf } from './decoding.js'
import { type Frame, type Library, NATIVE_ORDER } from './library.js'
import { soundClock } from './times.js'

/** The first sound in a file as a WAV of 32 bits in floating point, as ffmpeg writes it through a pipe: of no told length. */
export function* soundOf(av: Library, path: string, filters: readonly string[]): Generator<Uint8Array> {
  const file = openFile(av, path)
  const stream = streamOf(file, 'audio', 'it has no sound')
  const timed = function* () {
    let clock: ReturnType<typeof soundClock> | undefined
    for (const frame of decoded(av, file, stream)) {
      clock ??= soundClock(stream.timeBase, frame.sampleRate)
      frame.pts = clock(frame.bestEffortTimestamp, frame.nbSamples)
      yield frame
    }
  }
  const chain = ({ sampleRate, format, channels, channelLayout: { order, mask } }: Frame) => [
    `abuffer@in=sample_rate=${sampleRate}:sample_fmt=${format}:time_base=1/${sampleRate}:${order === NATIVE_ORDER ? `channel_layout=0x${mask.toString(16)}` : `channels=${channels}`}`,
    ...filters,
    'aformat=sample_fmts=flt',
    'abuffersink@out',
  ]
  let begun = false
  for (const frame of filtered(av, timed(), chain)) {
    const { channels, sampleRate, nbSamples } = frame
    if (!begun) yield header(channels, sampleRate)
    begun = true
    yield Buffer.from(frame.data?.[0]?.subarray(0, 4 * channels * nbSamples) ?? []) // which are gone with the next frame
  }
}

function header(channels: number, rate: number): Uint8Array {
  const bytes = Buffer.alloc(44)
  bytes.write('RIFF\xff\xff\xff\xffWAVEfmt ', 'latin1')
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(3, 20)
  bytes.writeUInt16LE(channels, 22)
  bytes.writeUInt32LE(rate, 24)
  bytes.writeUInt32LE(4 * channels * rate, 28)
  bytes.writeUInt16LE(4 * channels, 32)
  bytes.writeUInt16LE(32, 34)
  bytes.write('data\xff\xff\xff\xff', 36, 'latin1')
  return bytes
}
