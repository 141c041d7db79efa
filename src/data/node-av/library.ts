/** What is used of `node-av/lib`, which is installed by those who want it: FFmpeg's own functions, by FFmpeg's names. */
export interface Library {
  readonly FormatContext: new () => FormatContext
  readonly CodecContext: new () => CodecContext
  readonly Codec: { findDecoder(id: number): object | null }
  readonly Packet: new () => Packet
  readonly Frame: new () => Frame
  readonly FilterGraph: new () => FilterGraph
  readonly Dictionary: { fromObject(entries: Readonly<Record<string, string>>): object }
  readonly Log: { setLevel(level: number): void }
  readonly FFmpegError: {
    new (code: number): Error
    AVERROR(name: 'EAGAIN'): number
  }
}

export interface Ratio {
  readonly num: number
  readonly den: number
}

export interface FormatContext {
  /** Millionths of a second, or {@link UNKNOWN} */
  readonly startTime: bigint
  readonly streams: readonly Stream[]
  openInputSync(url: string, format: null, options: object): number
  findStreamInfoSync(): number
  readFrameSync(packet: Packet): number
}

export interface Stream {
  readonly index: number
  readonly codecpar: {
    readonly codecType: number
    readonly codecId: number
    readonly width: number
    readonly height: number
    readonly sampleAspectRatio: Ratio
    getCodedSideData(type: number): Buffer | null
  }
  readonly timeBase: Ratio
  readonly avgFrameRate: Ratio
  readonly sampleAspectRatio: Ratio
  readonly disposition: number
  discard: number
}

export interface CodecContext {
  threadCount: number
  pktTimebase: Ratio
  allocContext3(codec: object): void
  parametersToContext(parameters: Stream['codecpar']): number
  open2Sync(codec: object): number
  sendPacketSync(packet: Packet | null): number
  receiveFrameSync(frame: Frame): number
}

export interface Packet {
  readonly streamIndex: number
  pts: bigint
  dts: bigint
  alloc(): void
  unref(): void
}

export interface Frame {
  readonly format: number
  readonly width: number
  readonly height: number
  readonly nbSamples: number
  readonly sampleRate: number
  readonly channels: number
  readonly channelLayout: { readonly order: number; readonly mask: bigint }
  readonly bestEffortTimestamp: bigint
  readonly colorSpace: number
  readonly colorRange: number
  readonly data: readonly Buffer[] | null
  sampleAspectRatio: Ratio
  pts: bigint
  duration: bigint
  timeBase: Ratio
  alloc(): void
  unref(): void
  toBuffer(): Buffer
  getSideData(type: number): Buffer | null
}

export interface FilterGraph {
  nbThreads: number
  scaleSwsOpts: string | null
  alloc(): void
  parsePtr(filters: string): number
  configSync(): number
  getFilter(name: string): FilterContext | null
}

export interface FilterContext {
  buffersrcAddFrameSync(frame: Frame | null): number
  buffersinkGetFrameSync(frame: Frame): number
}

export const VIDEO = 0
export const AUDIO = 1
/** AV_NOPTS_VALUE */
export const UNKNOWN = -(2n ** 63n)
export const LOG_ERRORS = 16
export const DISCARD_ALL = 48
export const ATTACHED_PICTURE = 0x400
export const NATIVE_ORDER = 1
/** Of packets and of frames: how a film is to be turned */
export const MATRIX = { ofStream: 5, ofFrame: 6 } as const
