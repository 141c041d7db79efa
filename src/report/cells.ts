import { type ChannelOf, inputsOf, type Kind, type Wanted } from '../channels/channel.js'
import { feedsOf } from '../channels/gathered.js'
import type { SampleSet } from '../data/index.js'
import { sizeOf } from '../tensor/shape.js'
import type { PreviewColumn } from '../training/preview.js'
import type { Picture } from './sheet-layout.js'
import { spectrogramOf } from './spectrogram.js'

type Values = PreviewColumn['values'][number]

const WAVE = { width: 192, height: 64 } as const
const FRAMES = 4
/** Numbers of a text that are written out */
const WORDS = 12

/** What stands in the cell of a sheet or a page: a picture, and words below it where it says too little. */
export interface Cell {
  readonly picture: Picture
  readonly caption?: string
  /** Of sound: the wave itself */
  readonly sound?: { readonly wave: Float32Array; readonly rate: number }
  /** Of a film: its frames, for where something may move; the picture shows some of them */
  readonly frames?: readonly Picture[]
}

/** What is known beside the numbers: of sound how many there are in a second, of text what is written. */
interface Known {
  readonly rate?: number | undefined
  readonly text?: string | undefined
}

/** How a sample of each kind is looked at. */
const cells: { readonly [K in Kind]: (values: Values, shape: readonly number[], known?: Known) => Cell } = {
  image: (values, shape) => ({ picture: pictureOf(values, shape) }),
  audio: (values, _, { rate } = {}) => soundCell(Float32Array.from(values, Number), rate),
  video: (values, shape) => ({ picture: stripOf(values, shape), frames: framesOf(values, shape) }),
  text: (values, _, { text } = {}) => ({
    picture: blank(WAVE.width, WAVE.height / 4),
    caption: text ?? numbersIn(values),
  }),
  vector: values => ({ picture: waveOf(values) }),
}

export const cellOf = ({ kind, values, shape, rate, texts }: PreviewColumn, i: number): Cell =>
  cells[kind](values[i] ?? new Uint8Array(sizeOf(shape)), shape, { rate, text: texts?.[i] })

/** Seconds of a recording that are looked at */
const SECONDS = 10

/** A record as it is stored: its first channel; of a recording the beginning, of a film the frame in its middle. */
export function storedCell(samples: SampleSet, position: number): Cell {
  const [name = '', channel] = Object.entries(samples.channels)[0] ?? []
  if (channel === undefined) throw new RangeError('a set without channels has nothing to look at')
  if (channel.kind === 'audio') return storedSound(samples, position, name, channel)
  if (channel.kind === 'video') return storedFrame(samples, position, name, channel)
  const values = feedsOf(samples.gather([position]))[name] ?? new Uint8Array()
  return cells[channel.kind](values, inputsOf(name, channel, 1)[name]?.shape.slice(1) ?? [])
}

function storedSound(samples: SampleSet, position: number, name: string, channel: ChannelOf<'audio'>): Cell {
  const length = Math.max(1, Math.min(samples.lengthOf(name, position), Math.round(SECONDS * channel.rate)))
  const window = samples.as<Record<string, Wanted<'audio'>>>({ [name]: { ...channel, length } })
  return soundCell(window.gather([position])[name]?.values ?? new Float32Array(1), channel.rate)
}

function storedFrame(samples: SampleSet, position: number, name: string, { size, colours }: ChannelOf<'video'>): Cell {
  const frame = samples.as<Record<string, Wanted<'image'>>>({ [name]: { kind: 'image', size, colours } })
  return cells.image(frame.gather([position])[name] ?? new Uint8Array(), [size, size, colours])
}

/** Rates below this leave too few frequencies for a picture of them */
const LEAST_RATE = 4000

/** The wave, and below it its log-mel spectrogram. */
function soundCell(wave: Float32Array, rate: number | undefined): Cell {
  const drawn = waveOf(wave)
  if (rate === undefined) return { picture: drawn }
  const sound = { wave, rate }
  if (rate < LEAST_RATE) return { picture: drawn, sound }
  const spectrogram = spectrogramOf(wave, rate, WAVE.width, WAVE.height)
  return { picture: stacked(drawn, spectrogram), sound }
}

/** Grey pictures of one width, one below the other. */
function stacked(upper: Picture, lower: Picture): Picture {
  const data = new Uint8Array(upper.data.length + lower.data.length)
  data.set(upper.data)
  data.set(lower.data, upper.data.length)
  return { ...upper, height: upper.height + lower.height, data }
}

function pictureOf(values: Values, [height = 1, width = 1, channels = 1]: readonly number[]): Picture {
  return { width, height, channels: channels === 3 ? 3 : 1, data: Uint8Array.from(values, Number) }
}

const blank = (width: number, height: number): Picture => ({
  width,
  height,
  channels: 1,
  data: new Uint8Array(width * height).fill(255),
})

/** Numbers from left to right, about their middle line; where many share a column, from the lowest to the highest. */
function waveOf(values: Values): Picture {
  const { width, height } = WAVE
  const { data, ...rest } = blank(width, height)
  const numbers = Array.from(values, Number)
  const most = numbers.reduce((largest, value) => Math.max(largest, Math.abs(value)), Number.MIN_VALUE)
  const rowOf = (value: number) => Math.round((height - 1) * (0.5 - value / most / 2))
  for (let x = 0; x < width; x++) {
    const from = Math.floor((x * numbers.length) / width)
    const here = numbers.slice(from, Math.max(from + 1, Math.floor(((x + 1) * numbers.length) / width)))
    const [top, bottom] = [rowOf(Math.max(0, ...here)), rowOf(Math.min(0, ...here))]
    for (let y = top; y <= bottom; y++) data[y * width + x] = 60
  }
  return { ...rest, data }
}

function framesOf(values: Values, [length = 1, ...shape]: readonly number[]): Picture[] {
  const each = values.length / length
  return Array.from({ length }, (_, i) => pictureOf(values.slice(i * each, (i + 1) * each), shape))
}

/** Some frames of a film, evenly spread, beside each other. */
function stripOf(values: Values, [length = 1, height = 1, width = 1, channels = 1]: readonly number[]): Picture {
  const shown = Math.min(FRAMES, length)
  const row = width * channels
  const data = new Uint8Array(height * shown * row)
  for (let i = 0; i < shown; i++) {
    const frame = shown === 1 ? 0 : Math.round((i * (length - 1)) / (shown - 1))
    for (let y = 0; y < height; y++) {
      const start = (frame * height + y) * row
      data.set(Array.from(values.slice(start, start + row), Number), (y * shown + i) * row)
    }
  }
  return { width: shown * width, height, channels: channels === 3 ? 3 : 1, data }
}

function numbersIn(values: Values): string {
  const first = Array.from(values.slice(0, WORDS), Number).join(' ')
  return values.length > WORDS ? `${first} …` : first
}
