import { audioIn } from '../channels/bound.js'
import type { SampleSet } from '../data/index.js'
import { LacunaError } from '../errors.js'
import { type Embedder, type EmbedderOptions, openEncoder, type SoundEmbedder, untrainedEncoder } from './encoder.js'
import type { Features } from './features.js'
import { openRawSound, type RawSound } from './raw-sound.js'
import type { Each } from './scores.js'
import { type Runs, seedsOf } from './seeds.js'

/** Something that hears recordings: an encoder, or what needs no learning. */
export interface Hearer extends SoundEmbedder {
  /** Of each recording the mean over its frames, then their deviation: [n, 2 · width] */
  vectors(recordings: SampleSet): Promise<Features>
  close(): Promise<void>
}

/** Where a contender's hearer comes from. */
export interface SoundSource {
  readonly title: string
  /** Seeds of one key hear alike */
  key(seed: number): string
  open(seed: number): Promise<Hearer>
}

/** The trained encoder of each run, the same one at random initialisation, log-mel with deltas, and MFCC with theirs. */
export function soundSourcesOf(runs: Runs, training: SampleSet, options: EmbedderOptions): Each<SoundSource> {
  const wide = { ...options, pool: 'mean-sd' as const }
  const { runOf, randomSeed } = seedsOf(runs)
  const raw = (kind: RawSound, title: string): SoundSource => ({
    title,
    key: () => kind,
    open: () => openRawSound(kind, audioIn(training.channels)[1], options),
  })
  return {
    trained: {
      title: 'trained encoder',
      key: seed => runOf(seed).directory,
      open: async seed => hearerOf(await openEncoder(runOf(seed), wide)),
    },
    random: {
      title: 'random initialisation',
      key: seed => `${randomSeed(seed)}`,
      open: async seed => hearerOf(await untrainedEncoder(runOf(seed), training, { ...wide, seed: randomSeed(seed) })),
    },
    raw: raw('log-mel', 'log-mel'),
    mfcc: raw('mfcc', 'MFCC'),
  }
}

async function hearerOf(encoder: Embedder): Promise<Hearer> {
  const { sound, embed, close } = encoder
  if (sound !== undefined) return { ...sound, vectors: recordings => embed(recordings), close }
  await close()
  throw new LacunaError(
    'this encoder gives no frames of recordings, which all of an evaluation of sound is made from; build it as an `AudioEncoder`',
    2,
  )
}
