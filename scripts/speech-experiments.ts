import type { Experiment, Task } from './experiments.js'

const of = (title: string, folder: string, score: string): Task => ({ title, path: `runs/recordings/${folder}`, score })

const tasks: readonly Task[] = [
  of('language, other corpus', 'language', '--label language --labels all'),
  of('speaker, Czech', 'speaker-cs', '--label speaker --labels all'),
  of('word, fifth language', 'word', '--label word --labels all'),
  of('phone', 'phone', ''),
]
/** Of one speaker, whose other sentences are those that are scored */
export const onSentences = { on: 'sentences', seeds: [0, 1, 2], tasks: [of('phone', 'phone', '')] } as const
const onSpeech = { on: 'recordings', seeds: [0, 1, 2], tasks } as const

/** Trained on 8 hours of speech in 15 languages, or on an hour of the speaker whose phones are asked for. */
export const speechExperiments: readonly Experiment[] = [
  { ...onSpeech, name: 'hubert-speech', method: 'hubert', train: '--steps 400' },
  { ...onSpeech, name: 'best-rq-speech', method: 'best-rq', train: '--steps 400' },
  { ...onSpeech, name: 'cpc-speech', method: 'cpc', train: '--steps 500' },
  { ...onSpeech, name: 'wav2vec-speech', method: 'wav2vec', train: '--steps 500' },
  { ...onSpeech, name: 'wav2vec2-speech', method: 'wav2vec2', train: '--batch 16 --steps 400' },
  { ...onSentences, name: 'hubert-sentences', method: 'hubert', train: '--steps 200' },
  { ...onSentences, name: 'best-rq-sentences', method: 'best-rq', train: '--steps 200' },
  { ...onSentences, name: 'cpc-sentences', method: 'cpc', train: '--steps 500' },
  { ...onSentences, name: 'wav2vec-sentences', method: 'wav2vec', train: '--steps 500' },
  { ...onSentences, name: 'wav2vec2-sentences', method: 'wav2vec2', train: '--batch 16 --steps 400' },
]
