/** An encoder of sound whose step is measured. `bench/peers/sound_models.py` builds the same by name. */
export interface SoundCase {
  readonly name: string
  readonly title: string
  /** As `lacuna pretrain --encoder` takes it */
  readonly encoder: string
  /** Of a window, at 16 kHz */
  readonly seconds: number
  /** Windows in a batch */
  readonly batch: number
  /** Timed steps of a round: some seconds */
  readonly steps: number
  /** As of a `Case` */
  readonly fewerBits?: boolean
}

/** The case, its batch and the length of its windows. */
export const soundTitle = ({ title, batch, seconds }: Pick<SoundCase, 'title' | 'batch' | 'seconds'>): string =>
  `${title}, ${batch} windows of ${seconds} s`

const cpc = { encoder: 'cpc-small', title: 'CPC, 128 channels, GRU of 128' }
const cpcBase = { encoder: 'cpc', title: 'CPC, 512 channels, GRU of 256' }
const wav2vec2 = { encoder: 'wav2vec2-small', title: 'wav2vec 2.0, 96 channels, 4 layers of 192', fewerBits: true }
const wav2vec2Base = { encoder: 'wav2vec2-base', title: 'wav2vec 2.0, BASE', fewerBits: true }
const logMel = { encoder: 'log-mel-small', title: 'HuBERT on log-mel frames, 4 layers of 192', fewerBits: true }
const logMelBase = { encoder: 'log-mel-base', title: 'HuBERT on log-mel frames, 12 layers of 768', fewerBits: true }

export const soundCases: readonly SoundCase[] = [
  { name: 'cpc-small', ...cpc, seconds: 2, batch: 16, steps: 5 },
  { name: 'cpc-small-8s', ...cpc, seconds: 8, batch: 4, steps: 5 },
  { name: 'cpc-base', ...cpcBase, seconds: 2, batch: 8, steps: 3 },
  { name: 'wav2vec2-small', ...wav2vec2, seconds: 2, batch: 16, steps: 5 },
  { name: 'wav2vec2-small-8s', ...wav2vec2, seconds: 8, batch: 4, steps: 5 },
  { name: 'wav2vec2-base', ...wav2vec2Base, seconds: 2, batch: 4, steps: 2 },
  { name: 'hubert-small', ...logMel, seconds: 2, batch: 16, steps: 10 },
  { name: 'hubert-small-8s', ...logMel, seconds: 8, batch: 4, steps: 10 },
  { name: 'hubert-base', ...logMelBase, seconds: 2, batch: 8, steps: 3 },
]
