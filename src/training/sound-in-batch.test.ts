import { expect, test } from 'vitest'
import { soundInBatch } from './sound-in-batch.js'

/** Recordings of so many seconds each, heard in windows of 4 s. */
const recordings = (seconds: readonly number[]) => ({
  channels: { audio: { kind: 'audio' as const, rate: 100, length: 400 } },
  items: seconds.map((_, i) => ({ name: `${i}`, label: undefined, group: `${i}`, split: undefined })),
  lengthOf: (_: string, i: number) => 100 * (seconds[i] ?? 0),
})
const wav2vec2 = { name: 'wav2vec2', secondsInBatch: 90 }

test('enough sound, or a method that does not care: nothing is said', () => {
  expect(soundInBatch(wav2vec2, recordings(Array(64).fill(9)), { batch: 32 })).toBeUndefined()
  expect(soundInBatch({ name: 'hubert' }, recordings([1, 1]), { batch: 2 })).toBeUndefined()
})

test('too little: what to type is said, with no more memory than before', () => {
  expect(soundInBatch(wav2vec2, recordings(Array(64).fill(9)), { batch: 8 })).toBe(
    'a batch of 8 holds 32 s of sound; with less than 90 s the codes of wav2vec2 often collapse: type --batch 32 --chunk 8, which takes no more memory',
  )
  // of 1 s each, though windows are of 4
  expect(soundInBatch(wav2vec2, recordings(Array(200).fill(1)), { batch: 32, chunk: 4 })).toContain(
    'holds 32 s of sound; with less than 90 s the codes of wav2vec2 often collapse: type --batch 128 --chunk 4',
  )
})

test('too little in all', () => {
  expect(soundInBatch(wav2vec2, recordings(Array(16).fill(2)), { batch: 16 })).toContain(
    '16 windows make no larger one: take longer windows (--set seconds=…), or hubert or best-rq',
  )
})
