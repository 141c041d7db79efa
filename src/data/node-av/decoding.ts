import {
  AUDIO,
  type CodecContext,
  DISCARD_ALL,
  type FilterContext,
  type FormatContext,
  type Frame,
  type Library,
  type Stream,
  UNKNOWN,
  VIDEO,
} from './library.js'
import { rescale } from './times.js'

const MICROSECONDS = { num: 1, den: 1_000_000 }
/** AVERROR_EOF: 'EOF ' from its end, below zero */
const END = -0x20464f45
/** Of what is decoded, the share that may fail; ffmpeg says of more that it has failed */
const MOST_WRONG = 2 / 3

/** @throws Error as FFmpeg says it: no other file than this one is read, and nothing from a network */
export function openFile(av: Library, path: string): FormatContext {
  const file = new av.FormatContext()
  check(av, file.openInputSync(`file:${path}`, null, av.Dictionary.fromObject({ protocol_whitelist: 'file,pipe' })))
  check(av, file.findStreamInfoSync())
  return file
}

export function check(av: Library, code: number): number {
  if (code < 0) throw new av.FFmpegError(code)
  return code
}

/** The first stream of a kind; no other is read. @throws Error as told where there is none */
export function streamOf(file: FormatContext, kind: 'video' | 'audio', none: string): Stream {
  const type = kind === 'video' ? VIDEO : AUDIO
  const stream = file.streams.find(({ codecpar }) => codecpar.codecType === type)
  if (stream === undefined) throw new Error(none)
  for (const other of file.streams) if (other.index !== stream.index) other.discard = DISCARD_ALL
  return stream
}

/**
 * All frames of a stream in the order in which they are shown, time beginning with the file. One at a time: each is valid until
 * the next.
 * @throws Error where nothing, or little of it, can be decoded
 */
export function* decoded(av: Library, file: FormatContext, stream: Stream): Generator<Frame> {
  const decoder = decoderOf(av, stream)
  const moved = file.startTime === UNKNOWN ? 0n : rescale(-file.startTime, MICROSECONDS, stream.timeBase)
  const [packet, frame] = [new av.Packet(), new av.Frame()]
  packet.alloc()
  frame.alloc()
  let [right, wrong] = [0, 0]
  const go = (code: number) => {
    if (code >= 0 || code === END || code === av.FFmpegError.AVERROR('EAGAIN')) return code >= 0
    wrong++
    console.error(`Error while decoding: ${new av.FFmpegError(code).message}`)
    return false
  }
  const frames = function* () {
    while (go(decoder.receiveFrameSync(frame))) {
      right++
      yield frame
      frame.unref()
    }
  }
  for (;;) {
    const code = file.readFrameSync(packet)
    if (code < 0) {
      if (code !== END) console.error(new av.FFmpegError(code).message)
      break
    }
    if (packet.streamIndex === stream.index) {
      if (packet.pts !== UNKNOWN) packet.pts += moved
      if (packet.dts !== UNKNOWN) packet.dts += moved
      if (go(decoder.sendPacketSync(packet))) yield* frames()
    }
    packet.unref()
  }
  decoder.sendPacketSync(null)
  yield* frames()
  if (right === 0 || wrong > MOST_WRONG * (right + wrong)) throw new Error('nothing in it can be decoded')
}

function decoderOf(av: Library, stream: Stream): CodecContext {
  const codec = av.Codec.findDecoder(stream.codecpar.codecId)
  if (codec === null) throw new Error('there is no decoder for its coding')
  const decoder = new av.CodecContext()
  decoder.allocContext3(codec)
  check(av, decoder.parametersToContext(stream.codecpar))
  decoder.pktTimebase = stream.timeBase
  decoder.threadCount = 1
  check(av, decoder.open2Sync(codec))
  return decoder
}

/**
 * Frames that go through filters, one at a time as well.
 * @param chainFor what they are, the source `in` and the sink `out` among them, once there is a frame to tell by
 */
export function* filtered(
  av: Library,
  frames: Iterable<Frame>,
  chainFor: (first: Frame) => readonly string[],
): Generator<Frame> {
  const out = new av.Frame()
  out.alloc()
  let ends: { readonly source: FilterContext; readonly sink: FilterContext } | undefined
  const drain = function* (sink: FilterContext) {
    while (sink.buffersinkGetFrameSync(out) >= 0) {
      yield out
      out.unref()
    }
  }
  for (const frame of frames) {
    ends ??= graphOf(av, chainFor(frame))
    check(av, ends.source.buffersrcAddFrameSync(frame))
    yield* drain(ends.sink)
  }
  if (ends === undefined) return
  check(av, ends.source.buffersrcAddFrameSync(null))
  yield* drain(ends.sink)
}

function graphOf(av: Library, chain: readonly string[]) {
  const graph = new av.FilterGraph()
  graph.alloc()
  graph.nbThreads = 1
  graph.scaleSwsOpts = 'flags=bicubic' // as ffmpeg itself has it
  check(av, graph.parsePtr(chain.join(',')))
  check(av, graph.configSync())
  const named = (filter: string | undefined) => graph.getFilter(filter?.split('=', 1)[0] ?? '')
  const [source, sink] = [named(chain[0]), named(chain.at(-1))]
  if (source === null || sink === null) throw new Error('the filters cannot be made')
  return { source, sink, graph }
}
