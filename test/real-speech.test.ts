import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Pretext } from '../src/index.js'
import { lacuna, temporary } from './lacuna.js'

/** Debian: apt-get install asterisk-core-sounds-es-wav asterisk-core-sounds-fr-wav; prompts of two speakers, a folder each, 8 kHz */
const prompts = '/usr/share/asterisk/sounds'

test.skipIf(!existsSync(prompts))('HuBERT hears more in held-out prompts than how common each code is', async () => {
  const out = join(temporary(), 'speech')
  const run = async (...args: string[]) => {
    const ended = await lacuna(...args)
    expect(ended.code, ended.err).toBe(0)
    return ended
  }
  const training = ['--steps', '50', '--batch', '16', '--set', 'seconds=2', '--set', 'clusters=32', '--out', out]
  const { err } = await run('pretrain', 'hubert', prompts, ...training)
  expect(err).toContain('have a rate of 8 kHz: upsampled to 16 kHz')
  expect(err).toMatch(/skipped: .*silence.* \(is silent\)/)

  const examined = await run('pretext', out, prompts, '--json')
  const { measures } = JSON.parse(examined.out) as Pretext
  const measured = (name: string) => measures.find(measure => measure.name === name)
  const [accuracy, loss] = [measured('accuracy'), measured('cross entropy')]
  expect(accuracy?.value).toBeGreaterThan(accuracy?.baselines['the commonest code'] ?? Number.NaN)
  expect(loss?.value).toBeLessThan(loss?.baselines['how common each code is'] ?? Number.NaN)
  expect(measured('code perplexity')?.value).toBeGreaterThan(16)
})
