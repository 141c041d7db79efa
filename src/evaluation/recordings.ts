import { framesProgram, type Hearing, momentsProgram } from '../assembly/recordings.js'
import type { Wanted } from '../channels/channel.js'
import { feedsOf } from '../channels/gathered.js'
import type { SampleSet } from '../data/index.js'
import { joined } from '../data/joined.js'
import type { Runner } from '../engine/runner.js'
import type { Pool } from '../nn/pools.js'
import type { Target } from '../program/compile.js'
import type { Features } from './features.js'
import { combined, deviationOf, type Moments } from './moments.js'
import { type RecordingWindow, windowsOf } from './windows.js'

/** As much of a set of recordings as is heard */
export type Recordings = Pick<SampleSet, 'items' | 'as'>

/** All that an encoder makes of a recording. */
export interface RecordingFrames {
  /** Position of the recording in its set */
  readonly position: number
  /** [count, width]; frame t begins t · hop / rate seconds after the recording */
  readonly values: Float32Array
  readonly count: number
}

/** Hears recordings of any length whole. */
export interface Listener {
  /** Numbers in a frame */
  readonly width: number
  /** Numbers in a vector of a recording */
  readonly vectorWidth: number
  /** One vector a recording, over all its frames */
  vectors(recordings: Recordings, onProgress?: (share: number) => void): Promise<Features>
  /** The frames of each recording, in their order. */
  frames(recordings: Recordings, onProgress?: (share: number) => void): AsyncGenerator<RecordingFrames>
}

/** Seconds of sound that go through the encoder at once, about */
const SECONDS = 32

export interface ListenerOptions {
  readonly pool: Pool
  /** Windows at once; as many as make 32 s unless told */
  readonly batch?: number | undefined
  /** Seconds of each recording that are heard from its beginning, in whole windows; all of it unless told */
  readonly longest?: number | undefined
}

/** @param fill gives a program that has just been loaded its variables */
export async function listener(
  runner: Runner,
  hearing: Hearing,
  target: Target,
  fill: (program: ReturnType<typeof framesProgram>) => Promise<void>,
  {
    pool,
    batch = Math.max(1, Math.round((SECONDS * hearing.channel.rate) / hearing.channel.length)),
    longest = Number.POSITIVE_INFINITY,
  }: ListenerOptions,
): Promise<Listener> {
  const most = Math.max(1, Math.round((longest * hearing.channel.rate) / hearing.channel.length))
  const moments = momentsProgram(hearing, batch, target)
  await runner.load('moments', moments)
  await fill(moments)
  const width = moments.outputs[0]?.shape[1] ?? 0
  const parts = pool === 'mean-sd' ? 2 : 1
  let loaded: Promise<void> | undefined // the program of frames, made when they are asked for
  return {
    width,
    vectorWidth: parts * width,
    async vectors(recordings, onProgress) {
      const count = recordings.items.length
      const values = new Float32Array(count * parts * width)
      let sum: Moments | undefined
      for await (const { window, results, row, last } of passes(runner, 'moments', hearing, recordings, {
        batch,
        most,
      })) {
        const of = (name: string) =>
          Float64Array.from((results[name] as Float32Array).subarray(row * width, (row + 1) * width))
        const own = { count: window.frames, mean: of('mean'), squares: of('squares') }
        sum = sum === undefined ? own : combined(sum, own)
        if (!last) continue
        values.set(sum.mean, window.position * parts * width)
        if (parts === 2) values.set(deviationOf(sum), (window.position * parts + 1) * width)
        sum = undefined
        onProgress?.((window.position + 1) / count)
      }
      return { values, count, width: parts * width }
    },
    async *frames(recordings, onProgress) {
      loaded ??= runner.load('frames', framesProgram(hearing, batch, target))
      await loaded
      let own: Float32Array[] = []
      const perWindow = hearing.encoder.framesOf(hearing.channel.length)
      for await (const { window, results, row, last } of passes(runner, 'frames', hearing, recordings, {
        batch,
        most,
      })) {
        const first = row * perWindow + window.skip
        own.push((results.frames as Float32Array).slice(first * width, (first + window.frames) * width))
        if (!last) continue
        const values = joined(own)
        yield { position: window.position, values, count: values.length / width }
        own = []
        onProgress?.((window.position + 1) / recordings.items.length)
      }
    },
  }
}

interface PlacedWindow extends RecordingWindow {
  readonly position: number
}

/**
 * Every window of every recording once through a program, in their order; the next batch is read while one runs.
 * @param most windows of each recording
 */
async function* passes(
  runner: Runner,
  key: string,
  hearing: Hearing,
  recordings: Recordings,
  { batch, most }: { readonly batch: number; readonly most: number },
) {
  const { name, channel, encoder } = hearing
  const samples = recordings.as<Record<string, Wanted<'audio'>>>({ [name]: channel })
  const windows = samples.items.flatMap((_, position) =>
    windowsOf(samples.lengthOf(name, position), channel.length, encoder)
      .slice(0, most)
      .map(window => ({ ...window, position })),
  )
  const start = (first: number) => {
    const some = Array.from(
      { length: batch },
      (_, i) => windows[Math.min(first + i, windows.length - 1)] as PlacedWindow,
    )
    const from = Float64Array.from(some, ({ from }) => from)
    const { values } =
      samples.gather({ records: some.map(({ position }) => position), from: { [name]: from } })[name] ?? {}
    const lengths = Int32Array.from(some, ({ length }) => length)
    const given = feedsOf({ [name]: { values: values ?? new Float32Array(), lengths } })
    if (key === 'frames') return runner.run(key, given)
    const skip = Int32Array.from(some, ({ skip }) => skip)
    const until = Int32Array.from(some, ({ skip, frames }) => skip + frames)
    return runner.run(key, { ...given, skip, until })
  }
  let running = windows.length > 0 ? start(0) : undefined
  for (let first = 0; first < windows.length; first += batch) {
    const results = await running
    running = first + batch < windows.length ? start(first + batch) : undefined
    running?.catch(() => undefined) // told by the await, unless nobody wants more
    for (const [row, window] of windows.slice(first, first + batch).entries())
      yield { window, results: results ?? {}, row, last: windows[first + row + 1]?.position !== window.position }
  }
}
