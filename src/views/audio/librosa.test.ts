import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { evaluate, type Given, relativeError } from '../../engine/testing.js'
import type { Precision } from '../../program/lowering/emitter.js'
import type { Tensor } from '../../tensor/tensor.js'
import { deltas } from './deltas.js'
import { decibels, logMel, melFilters, melSpectrogram } from './mel.js'
import { mfcc } from './mfcc.js'
import { powerSpectrogram } from './spectrogram.js'
import { tune } from './testing.js'

/**
 * Figures of librosa 0.10.2 in float64, row-major with frames first. `wave` is that of `tune`; P(…) is |librosa.stft(…)|²,
 * M(…) librosa.filters.mel(sr=16000, …):
 * reflect    P(wave[:320], n_fft=64, hop_length=24, window='hann', pad_mode='reflect')
 * zeros      P(wave[:320], n_fft=64, hop_length=40, window='hamming', pad_mode='constant')
 * inside     P(wave[:320], n_fft=64, hop_length=24, window='hann', center=False)
 * longer     P(wave[:320], n_fft=64, win_length=40, hop_length=32, window='hann', pad_mode='constant')
 * slaneyFilters  M(n_fft=128, n_mels=8, htk=False, norm='slaney')
 * htkFilters     M(n_fft=128, n_mels=8, fmin=60, fmax=7600, htk=True, norm=None)
 * mel        m = M(n_fft=400, n_mels=40, htk=True, norm=None) @ P(wave, n_fft=400, hop_length=160, pad_mode='reflect')
 * logMel     log max(10⁻¹⁰, M(n_fft=512, n_mels=40, norm='slaney') @
 *            P(wave, n_fft=512, win_length=400, hop_length=160, window='hamming', pad_mode='constant'))
 * mfcc       feature.mfcc(S=power_to_db(m, top_db=None), n_mfcc=13, lifter=22)
 * deltas, second  feature.delta(…, width=5, mode='nearest') of mfcc, and of that
 */
const librosa: Record<string, number[]> = JSON.parse(
  readFileSync(new URL('fixtures/librosa.json', import.meta.url), 'utf8'),
)

const rate = 16_000
const short = tune(320)
const long = tune(1600)
const mel = { window: 400, hop: 160, rate, bands: 40, edges: 'reflect' } as const
const cepstrum = (x: Tensor) => mfcc(decibels(melSpectrogram(x, mel), 1e-10), { lifter: 22 })

const cases: readonly [name: string, wave: Given, build: (x: Tensor) => Tensor][] = [
  ['reflect', short, x => powerSpectrogram(x, { window: 64, hop: 24, edges: 'reflect' })],
  ['zeros', short, x => powerSpectrogram(x, { window: 64, hop: 40, edges: 'zeros', fade: 'hamming' })],
  ['inside', short, x => powerSpectrogram(x, { window: 64, hop: 24 })],
  ['longer', short, x => powerSpectrogram(x, { window: 40, fft: 64, hop: 32, edges: 'zeros' })],
  ['mel', long, x => melSpectrogram(x, mel)],
  [
    'logMel',
    long,
    x => logMel(x, { ...mel, fft: 512, scale: 'slaney', norm: 'slaney', fade: 'hamming', edges: 'zeros' }, 1e-10),
  ],
  ['mfcc', long, cepstrum],
  ['deltas', long, x => deltas(cepstrum(x))],
  ['second', long, x => deltas(deltas(cepstrum(x)))],
]

describe.each<[Precision, number]>([
  ['float64', 1e-8],
  ['float32', 1e-5],
])('as librosa, in %s', (precision, tolerance) => {
  test.each(cases)('%s', async (name, wave, build) => {
    const { y } = await evaluate(x => ({ y: build(x) }), [wave], { precision })
    expect(relativeError(y, librosa[name] ?? [])).toBeLessThan(tolerance)
  })
})

test('filters as librosa', () => {
  const slaney = melFilters({ rate, window: 128, bands: 8, scale: 'slaney', norm: 'slaney' })
  expect(relativeError([...slaney], librosa.slaneyFilters ?? [])).toBeLessThan(1e-8)
  const htk = melFilters({ rate, window: 128, bands: 8, low: 60, high: 7600 })
  expect(relativeError([...htk], librosa.htkFilters ?? [])).toBeLessThan(1e-8)
})
