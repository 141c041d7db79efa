import { host } from '#host'
import type { Assembly } from '../assembly/assemble.js'
import type { RunConfig } from '../assembly/config.js'
import { calibrationProgram, embeddingProgram, placeOf, seenChannels } from '../assembly/programs.js'
import { type Hearing, hearingOf } from '../assembly/recordings.js'
import type { SampleSet } from '../data/index.js'
import { targetFor } from '../engine/host.js'
import type { Runner } from '../engine/runner.js'
import { LacunaError } from '../errors.js'
import type { Place, PlaceOptions } from '../nn/vectors.js'
import type { Program, Target } from '../program/compile.js'
import type { DeviceName } from '../program/devices.js'
import { restore } from '../runs/checkpoint.js'
import { type OpenedRun, runOf } from '../runs/run.js'
import { trainingPart } from '../training/pretrain.js'
import { wantPictures } from './arguments.js'
import { checkFinite, fillUntrained, inBatches } from './batches.js'
import type { Features } from './features.js'
import { pixelsOf } from './picture.js'
import { listener, type RecordingFrames } from './recordings.js'

/** Turns pictures, or recordings, into vectors. */
export interface Embedder {
  /** Numbers in a vector */
  readonly width: number
  readonly config: RunConfig
  /** Where in the encoder they are taken */
  readonly place: Place
  /** @returns one vector a picture, or a recording of any length, in their order */
  embed(pictures: Pictures, onProgress?: (share: number) => void): Promise<Features>
  /** Where the encoder makes frames of recordings */
  readonly sound?: SoundEmbedder
  /**
   * One picture, read as those of the training were.
   * @param picture path of a file, or what stands in it: JPEG, PNG, WebP, …
   * @returns its vector, [width]
   * @throws LacunaError when it cannot be read
   */
  embedPicture(picture: string | Uint8Array): Promise<Float32Array>
  close(): Promise<void>
}

/** Frames of recordings: frame t sees `receptiveField` numbers of the wave from t · hop − before on. */
export interface SoundEmbedder {
  readonly hop: number
  readonly receptiveField: number
  readonly before: number
  /** Numbers of a wave in a second */
  readonly rate: number
  /** Numbers in a frame */
  readonly width: number
  /** The frames of each recording, in their order */
  frames(recordings: Pictures, onProgress?: (share: number) => void): AsyncGenerator<RecordingFrames>
}

/** As much of a set of pictures or recordings as is embedded */
export type Pictures = Pick<SampleSet, 'channels' | 'items' | 'gather' | 'as'>

export interface EmbedderOptions extends PlaceOptions {
  readonly device?: DeviceName
  readonly threads?: number
  readonly batch?: number
}

/**
 * The trained encoder of a run.
 * @param from the run, or its folder
 * @param options `longest`: seconds of each recording that are heard, from its beginning; all unless told
 */
export async function openEncoder(
  from: string | OpenedRun,
  options: EmbedderOptions & { readonly longest?: number } = {},
): Promise<Embedder> {
  const run = runOf('openEncoder', from)
  const checkpoint = run.checkpoint()
  return embedder(run, run.directory, options, (runner, program) => restore(runner, program, checkpoint, run.directory))
}

/** The vectors of pictures by the trained encoder of a run, opened for this once. */
export async function embed(
  from: string | OpenedRun,
  pictures: Pictures,
  options: EmbedderOptions = {},
): Promise<Features> {
  const encoder = await openEncoder(runOf('embed', from), options)
  try {
    return await encoder.embed(pictures)
  } finally {
    await encoder.close()
  }
}

/**
 * The same encoder as it was before training. Its running statistics are those of the pictures given,
 * so that normalisation does not put it at a disadvantage.
 */
export async function untrainedEncoder(
  from: string | OpenedRun,
  pictures: SampleSet,
  options: EmbedderOptions & { readonly seed?: number } = {},
): Promise<Embedder> {
  const run = runOf('untrainedEncoder', from)
  const { seed = run.config.seed, batch = defaultBatch } = options
  return embedder(
    run,
    `${run.config.encoder} at random initialisation`,
    options,
    async (runner, embedding, assembly) => {
      const calibration = calibrationProgram(assembly, batch, await targetFor(host, runner.options))
      const part = trainingPart(pictures).as(seenChannels(assembly), run.tokenizer())
      await fillUntrained(runner, embedding, calibration, () => part, { names: assembly.names, seed, batch })
    },
  )
}

const defaultBatch = 128

type Fill = (runner: Runner, program: Program, assembly: Assembly) => Promise<void>

/** @param who for messages: a run, or what stands in for one */
async function embedder(
  run: OpenedRun,
  who: string,
  options: EmbedderOptions & { readonly longest?: number },
  fill: Fill,
): Promise<Embedder> {
  const { config } = run
  const { device = config.device } = options
  const assembly = run.assembly()
  const place = placeOf(assembly, options)
  const runner = host.start({ device, threads: options.threads })
  try {
    const hearing = hearingOf(assembly, place)
    const opening: Opening = {
      ...{ runner, config, assembly, tokenizer: run.tokenizer, place, batch: options.batch, longest: options.longest },
      target: await targetFor(host, runner.options),
      fill: program => fill(runner, program, assembly),
    }
    const made = await (hearing ? throughFrames(opening, hearing) : throughSamples(opening))
    return {
      ...made,
      config,
      place,
      async embed(pictures, onProgress) {
        wantPictures('embed', pictures)
        if (pictures.items.length === 0) throw new LacunaError('nothing to embed: the data is empty')
        const features = await made.embed(pictures, onProgress)
        checkFinite(who, features.values, row => pictures.items[Math.floor(row / features.width)]?.name)
        return features
      },
      async embedPicture(picture) {
        const vector = await made.embedPicture(picture)
        checkFinite(who, vector, () => (typeof picture === 'string' ? picture : 'the picture'))
        return vector
      },
      close: () => runner.close(),
    }
  } catch (error) {
    await runner.close()
    throw error
  }
}

interface Opening {
  readonly runner: Runner
  readonly config: RunConfig
  readonly assembly: Assembly
  readonly tokenizer: OpenedRun['tokenizer']
  readonly place: Place
  readonly target: Target
  readonly batch: number | undefined
  readonly longest: number | undefined
  /** Gives a program its variables */
  fill(program: Program): Promise<void>
}
type Made = Pick<Embedder, 'width' | 'embed' | 'embedPicture' | 'sound'>

/** A sample is a whole picture, or the first window of what goes on in time. */
async function throughSamples(opening: Opening): Promise<Made> {
  const { runner, config, assembly, tokenizer, place, target, fill, batch = defaultBatch } = opening
  const program = embeddingProgram(assembly, batch, target, place)
  await runner.load('embed', program)
  await fill(program)
  const width = program.outputs[0]?.shape[1] ?? 0
  let single: Promise<void> | undefined // a program for one picture, made when one comes
  return {
    width,
    async embedPicture(picture) {
      const image = await pixelsOf(picture, config)
      single ??= runner.load('embed one', embeddingProgram(assembly, 1, target, place))
      await single
      const { features } = await runner.run('embed one', { image })
      return Float32Array.from(features as Float32Array)
    },
    embed: (pictures, onProgress) =>
      inBatches(runner, 'embed', pictures.as(seenChannels(assembly), tokenizer()), { batch, width, onProgress }),
  }
}

/** Recordings are heard whole, window by window. */
async function throughFrames(
  { runner, place, target, fill, batch, longest }: Opening,
  hearing: Hearing,
): Promise<Made> {
  const { encoder, channel } = hearing
  const heard = await listener(runner, hearing, target, fill, { pool: place.pool, batch, longest })
  return {
    width: heard.vectorWidth,
    embed: heard.vectors,
    embedPicture() {
      throw new LacunaError('embedPicture: this encoder hears recordings and sees no pictures; use embed', 2)
    },
    sound: {
      ...{ hop: encoder.hop, receptiveField: encoder.receptiveField, before: encoder.before ?? 0 },
      ...{ rate: channel.rate, width: heard.width },
      frames: heard.frames,
    },
  }
}
