import { host } from '#host'
import type { FrameMaker } from '../assembly/recordings.js'
import type { ChannelOf } from '../channels/channel.js'
import { targetFor } from '../engine/host.js'
import type { Tensor } from '../tensor/tensor.js'
import { REACH } from '../views/audio/deltas.js'
import { framesIn, framesOf } from '../views/audio/framing.js'
import { logMelWithDeltas, mfccWithDeltas, speechFraming } from '../views/audio/speech.js'
import type { SoundEmbedder } from './encoder.js'
import { type Listener, listener } from './recordings.js'

/** What is known of sound without any learning. */
export type RawSound = 'log-mel' | 'mfcc'

export interface RawEmbedder extends SoundEmbedder, Pick<Listener, 'vectors'> {
  close(): Promise<void>
}

/** Seconds that go through the program at once */
const SECONDS = 4

/**
 * Frames of 25 ms every 10 ms: the logarithms of 80 mel bands with their deltas, 160 numbers; or 13 cepstral coefficients of 40
 * bands with deltas and deltas of these, 39 numbers. A vector of a recording is their mean, then their deviation.
 */
export async function openRawSound(
  kind: RawSound,
  { rate }: Pick<ChannelOf<'audio'>, 'rate'>,
  options: { readonly threads?: number | undefined } = {},
): Promise<RawEmbedder> {
  const encoder = maker(kind, rate)
  const channel = { kind: 'audio' as const, rate, length: SECONDS * rate }
  const runner = host.start(options)
  try {
    const target = await targetFor(host, runner.options)
    const hearing = { encoder, name: 'audio', channel, names: new Map<Tensor, string>() }
    const heard = await listener(runner, hearing, target, async () => undefined, { pool: 'mean-sd' })
    const { hop, receptiveField } = encoder
    return {
      ...{ hop, receptiveField, before: 0, rate, width: heard.width },
      frames: heard.frames,
      vectors: heard.vectors,
      close: () => runner.close(),
    }
  } catch (error) {
    await runner.close()
    throw error
  }
}

const features = { 'log-mel': logMelWithDeltas, mfcc: mfccWithDeltas }
/** Of slopes, and of slopes of slopes */
const reaches = { 'log-mel': REACH, mfcc: 2 * REACH }

function maker(kind: RawSound, rate: number): FrameMaker {
  const framing = speechFraming(rate)
  return {
    hop: framing.hop,
    receptiveField: framing.window,
    reach: reaches[kind],
    framesOf: samples => framesOf(samples, framing),
    frames: lengths => framesIn(lengths, framing),
    features: (waves, _, lengths) => features[kind](waves, rate, lengths),
  }
}
