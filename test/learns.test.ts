import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Evaluation } from '../src/index.js'
import { readMetrics } from '../src/runs/metrics.js'
import { lacuna, temporary } from './lacuna.js'

/** Debian: apt-get install dataset-fashion-mnist */
const fashion = process.env.FASHION_MNIST ?? '/usr/share/datasets/fashion-mnist'
const SEEDS = 3

test.skipIf(!existsSync(fashion))('SimCLR on Fashion-MNIST beats random initialisation with every seed', async () => {
  const out = join(temporary(), 'fashion')
  const trained = await lacuna(
    ...['pretrain', 'simclr', fashion, '--encoder', 'c4-half', '--steps', '300', '--batch', '64', '--lr', '4e-3'],
    ...['--set', 'temperature=0.2', '--set', 'views.crop=[0.3,1]', '--seeds', `${SEEDS}`, '--out', out],
  )
  expect(trained.code, trained.err).toBe(0)
  for (let seed = 0; seed < SEEDS; seed++) {
    const last = readMetrics(join(out, `seed-${seed}`)).slice(-20)
    const mean = (of: (line: (typeof last)[number]) => number) =>
      last.reduce((sum, line) => sum + of(line), 0) / last.length
    expect(mean(({ loss }) => loss)).toBeLessThan(0.75 * mean(({ chance }) => chance))
    expect(mean(({ accuracy = 0 }) => accuracy)).toBeGreaterThan(0.1) // chance is 1 in 127
  }
  const scored = await lacuna('evaluate', out, fashion, '--labels', '10', '--labelled', '6000', '--json')
  expect(scored.code, scored.err).toBe(0)
  const evaluation = JSON.parse(scored.out) as Evaluation
  expect(evaluation).toEqual(JSON.parse(readFileSync(join(out, 'evaluation.json'), 'utf8')))
  expect(evaluation).toMatchObject({ labelled: 6000, tested: 10_000, classes: 10, seeds: SEEDS })
  for (const of of [evaluation.knns, ...evaluation.probes]) {
    for (const { trained, random } of of.seeds) {
      expect(trained).toBeGreaterThan(random)
      expect(random).toBeGreaterThan(evaluation.chance)
    }
  }
  expect(existsSync(join(out, 'report.html'))).toBe(true)
})
