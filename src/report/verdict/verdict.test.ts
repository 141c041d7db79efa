import { describe, expect, test } from 'vitest'
import type { Evaluation } from '../../evaluation/evaluate.js'
import type { Collapse } from '../../evaluation/health.js'
import type { Pretext } from '../../evaluation/pretext.js'
import { curveOf, noise } from './testing.js'
import { usualSteps } from './usual-steps.js'
import { type VerdictInput, verdictOf, verdictText } from './verdict.js'

/** Falls fast, and is flat from a third of the way on. */
const settled = (share: number, step: number) => 2 + 2 * Math.exp(-15 * share) + 0.05 * noise(step)
const judge = (metrics: VerdictInput['metrics'], more: Partial<VerdictInput> = {}) =>
  verdictOf({ method: 'simclr', metrics, steps: metrics.at(-1)?.step ?? 0, ...more })

const healthy: Collapse = { deviation: 0.08, cosine: 0.3, rank: 40, width: 128, alarms: [] }
const pretext: Pretext = {
  method: 'simclr',
  step: 100,
  pictures: 640,
  heldOut: true,
  measures: [],
  notes: [],
  alarms: [],
}
const lossOf = (value: number) =>
  ({ name: 'loss', value, better: 'lower', baselines: { chance: 4 } }) as const satisfies Pretext['measures'][number]

describe('a training that worked', () => {
  test('settled: loss beside chance, and what to do next', () => {
    const verdict = judge(curveOf(settled, { accuracy: 0.5, accuracyChance: 0.018 }), { health: healthy })
    expect(verdict).toMatchObject({ state: 'settled', alarm: false })
    expect(verdict.text).toMatch(
      /^Loss 2(\.0\d)? where a network that knows nothing has 4, 50\.0 % guessed right \(chance 1\.8 %\), and it hardly fell/,
    )
    expect(verdict.advice).toContain('lacuna evaluate')
    const without = judge(curveOf(settled, { accuracy: 0.5 })).text // a loss of 4 is no guess among n
    expect(without).toContain('50.0 % guessed right, and it hardly fell')
  })

  test('still falling: by how much, and the steps to try', () => {
    const verdict = judge(curveOf(share => 4 - share))
    expect(verdict).toMatchObject({ state: 'falling', alarm: false })
    expect(verdict.text).toContain('still falling: 42.0 % of that') // from 0.551 to 0.951 of what ends at 0.951
    expect(verdict.advice).toContain('--steps 20000')
  })

  test('a fall that noise explains is none', () => {
    const verdict = judge(curveOf((share, step) => 2 - 0.15 * (share > 0.5 ? 1 : 0) + 2 * noise(step)))
    expect(verdict.state).toBe('settled')
  })

  test('too few steps: what the method usually takes', () => {
    const verdict = judge(curveOf(share => 4 - share, { steps: 60 }))
    expect(verdict).toMatchObject({ state: 'short', alarm: false })
    expect(verdict.text).toContain(`60 steps are few: simclr usually takes ${usualSteps('simclr')}`)
    expect(verdict.advice).toBe(`Train longer: --steps ${usualSteps('simclr')}.`)
  })

  test('of channels that are compared: what is found across them', () => {
    const figure = (mean: number) => ({ 'balanced accuracy': { mean, sd: 0, seeds: [mean] } })
    const task = { name: 'classes', asked: 500, trained: figure(0.6), random: figure(0.1) }
    const chance = { 'balanced accuracy': 0.1 }
    const across = { method: 'clip', channels: [], pairs: 500, runs: 1, steps: [100], notes: [] }
    expect(judge(curveOf(settled), { across: { ...across, tasks: [{ ...task, chance }] } }).text).toMatch(
      /hardly fell [^.]*\. By their names alone, classes are told right \(balanced\) in 60\.0 %, clearly more than random init/,
    )
  })

  test('stopped early: how far it was', () => {
    const verdict = judge(curveOf(settled, { steps: 69 }), { steps: 100_000 })
    expect(verdict.state).toBe('stopped')
    expect(verdict.text).toContain('after 69 of 100,000 steps')
    expect(verdict.advice).toContain('--resume')
  })

  test('nothing left to learn', () => {
    expect(judge(curveOf(share => 4 * Math.exp(-20 * share))).state).toBe('solved')
  })
})

describe('a training that did not', () => {
  test('never left chance: an alarm, by too few steps or by the rate', () => {
    const flat = (_: number, step: number) => 4 + 0.1 * noise(step)
    const short = judge(curveOf(flat, { steps: 60 }))
    expect(short).toMatchObject({ state: 'chance', alarm: true })
    expect(short.text).toMatch(/^The loss never left chance: \d.*after 60 steps.*nothing was learnt/)
    expect(short.advice).toContain('60 steps are few')
    const long = judge(curveOf(flat))
    expect(long.state).toBe('chance')
    expect(long.advice).toContain('another --lr')
    expect(verdictText(long)).toMatch(/^Alarm: The loss never left chance/)
  })

  test('below chance by less than batches differ: not clearly', () => {
    const verdict = judge(curveOf((_, step) => 3.8 + 3 * noise(step), { steps: 60 }))
    expect(verdict).toMatchObject({ state: 'chance', alarm: true })
    expect(verdict.text).toContain('not clearly below chance')
  })

  test('above chance, as an untrained network with wild guesses is', () => {
    expect(judge(curveOf(() => 5)).state).toBe('chance')
  })

  test('diverged', () => {
    const verdict = judge(curveOf(share => 3 + Math.exp(40 * share)))
    expect(verdict).toMatchObject({ state: 'diverged', alarm: true })
    expect(verdict.advice).toContain('--clip 1')
  })

  test('begun far above chance and still falling, as siglip in few steps: not diverged', () => {
    const verdict = judge(curveOf(share => 12 - 3 * share, { steps: 20 }))
    expect(verdict.state).toBe('chance')
    expect(verdict.advice).toContain('20 steps are few')
  })

  test('fell, then rose', () => {
    const verdict = judge(curveOf((share, step) => (share < 0.5 ? 4 - 4 * share : 4 * share) + 0.02 * noise(step)))
    expect(verdict).toMatchObject({ state: 'rising', alarm: true })
    expect(verdict.text).toContain('was down to 2.2')
  })

  test('four steps that go up and down are no rise', () => {
    const losses = [2.72, 2.57, 2.76, 2.68]
    expect(judge(curveOf((_, step) => losses[step - 1] ?? 0, { steps: 4, chance: 2.708 })).state).toBe('chance')
  })

  test('no step at all, or no finite loss', () => {
    expect(judge([]).state).toBe('untrained')
    expect(judge(curveOf(() => Number.NaN)).state).toBe('untrained')
  })

  test('collapsed: the loss may look well', () => {
    const alarms = ['collapse: embeddings of different samples are nearly equal']
    const verdict = judge(curveOf(settled), { health: { ...healthy, deviation: 0.02, cosine: 0.9987, alarms } })
    expect(verdict).toMatchObject({ state: 'collapsed', alarm: true })
    expect(verdict.text).toContain('a cosine of 0.999')
    expect(verdict.advice).toContain('a third of the --lr')
    const early = judge(
      curveOf(share => 4 - share, { steps: 60 }),
      { health: { ...healthy, deviation: 0.02, alarms } },
    )
    expect(early).toMatchObject({ state: 'collapsed', advice: expect.stringContaining('60 steps are few') })
    const still = { ...healthy, deviation: 0.02, cosine: 0.9987, alarms: [] }
    expect(judge(curveOf(settled), { health: { ...still, alike: 0.99 } })).toMatchObject({ state: 'collapsed' })
    const alike = judge(curveOf(settled), { health: { ...still, alike: 0.9991 } })
    expect(alike).toMatchObject({ state: 'alike', alarm: false })
    expect(alike.text).toContain('a cosine of 0.999, and the pictures themselves one of 0.999')
    const narrow = { ...healthy, rank: 3, alarms: ['dimensional collapse: the embeddings fill 3.0 of 128 dimensions'] }
    expect(judge(curveOf(settled), { health: narrow })).toMatchObject({ state: 'narrow', alarm: false })
  })

  test('a shortcut, and a task that is known by heart', () => {
    const accuracy = { ...lossOf(0.6), name: 'accuracy', better: 'higher', baselines: { chance: 0.25 } } as const
    const cut = { ...accuracy, noise: 0.9, noiseBound: 0.25 }
    expect(judge(curveOf(settled), { pretext: { ...pretext, measures: [cut] } }).state).toBe('shortcut')
    const memorised = { ...pretext, measures: [lossOf(4.01)] }
    expect(judge(curveOf(settled), { pretext: memorised }).state).toBe('memorised')
    expect(judge(curveOf(settled), { pretext: { ...memorised, heldOut: false } }).state).toBe('settled')
    expect(judge(curveOf(settled), { pretext: { ...pretext, measures: [lossOf(2.1)] } }).state).toBe('settled')
  })

  test('no better than at random initialisation by labels', () => {
    const summary = (trained: number, swing = 0) => {
      const seeds = [-swing, 0, swing].map(off => ({ trained: trained + off, random: 0.5, raw: 0.4 }))
      return { mean: { trained, random: 0.5, raw: 0.4 }, sd: { trained: swing, random: 0, raw: 0 }, seeds }
    }
    const scored = (trained: number, { probe = trained, swing = 0, tested = 10_000 } = {}) =>
      ({
        knns: { balanced: summary(trained, swing) },
        ...{ tested, seeds: 3 },
        probes: [{ labelsPerClass: 10, balanced: summary(probe, swing) }],
      }) as unknown as Evaluation
    const stateOf = (evaluation: Evaluation) => judge(curveOf(settled), { evaluation }).state
    const verdict = judge(curveOf(settled), { evaluation: scored(0.46) })
    expect(verdict).toMatchObject({ state: 'no gain', alarm: true })
    expect(verdict.text).toContain('no better than the same encoder at random initialisation: above it by no measure.')
    expect(verdict.text).toContain(
      'kNN tells 46.0 % right (balanced), beside 50.0 % with an untrained encoder and 40.0 %',
    )
    const barely = judge(curveOf(settled), { evaluation: scored(0.506) })
    expect(barely).toMatchObject({ state: 'no gain', alarm: true })
    expect(barely.text).toContain('at best 0.6 points above it')
    // a deviation of 0.06 over three seeds is a standard error of 0.035
    expect(stateOf(scored(0.56, { swing: 0.06 }))).toBe('no gain')
    expect(stateOf(scored(0.58, { swing: 0.06 }))).toBe('settled')
    // one share of 0.53 of 60 pictures has a standard error of 0.064, and of 600 one of 0.020
    expect(stateOf(scored(0.56, { tested: 60 }))).toBe('no gain')
    expect(stateOf(scored(0.56, { tested: 600 }))).toBe('settled')
    // one column that gained is enough: MAE is strong by probes, and weak by kNN
    expect(stateOf(scored(0.49, { probe: 0.53 }))).toBe('settled')
    const better = judge(curveOf(settled), { evaluation: scored(0.6) })
    expect(better.state).toBe('settled')
    expect(better.text).toContain('kNN tells 60.0 % right')
    expect(better.advice).not.toContain('lacuna evaluate')
    // few steps are no fault where labels show that they did
    expect(
      judge(
        curveOf(share => 4 - share, { steps: 60 }),
        { evaluation: scored(0.6) },
      ).state,
    ).toBe('falling')
  })
})

test('few lines are read too: one for each step of eight', () => {
  expect(judge(curveOf(share => 4 - share, { steps: 8 })).state).toBe('short')
  expect(judge(curveOf(() => 4, { steps: 1 })).state).toBe('chance')
})

test('of a method of somebody else it is not said how long it usually takes', () => {
  const still = curveOf(() => 4, { steps: 100 })
  expect(verdictText(judge(still, { method: 'mine' }))).toContain('most methods take 1,000 or more')
  expect(verdictText(judge(still))).toContain('simclr usually takes 600 or more')
})

describe('codes that are guessed', () => {
  const withFigures = (figures: Readonly<Record<string, number>>, loss = settled) =>
    curveOf(loss).map(line => ({ ...line, ...figures }))

  test('nearly all right, with next to no codes: collapsed, by the curve or by the task', () => {
    const verdict = judge(withFigures({ accuracy: 0.991, perplexity: 2.1 }), { method: 'wav2vec2', health: healthy })
    expect(verdict).toMatchObject({ state: 'few codes', alarm: true })
    expect(verdict.text).toContain('99.1 % are guessed right, but their perplexity is 2.1')
    expect(verdict.advice).toContain('--set diversity=0.5')
    const measures = [
      { name: 'accuracy', value: 0.97, better: 'higher', baselines: { chance: 0.01 } },
      { name: 'code perplexity', value: 3, better: 'higher', baselines: {} },
    ] as const
    const byTask = judge(curveOf(settled), { method: 'hubert', pretext: { ...pretext, measures } })
    expect(byTask).toMatchObject({ state: 'few codes', alarm: true })
    expect(byTask.advice).toContain('alike or silent')
  })

  test('nearly all right among many codes, or half of few: nothing to say', () => {
    for (const figures of [
      { accuracy: 0.99, perplexity: 60 },
      { accuracy: 0.5, perplexity: 2 },
    ])
      expect(judge(withFigures(figures)).state).toBe('settled')
  })

  test('a contrastive loss of ln 101, whatever else is in the loss', () => {
    const figures = { contrast: 4.6151, contrastChance: Math.log(101) }
    const verdict = judge(
      withFigures(figures, () => 3),
      { method: 'wav2vec2' },
    )
    expect(verdict).toMatchObject({ state: 'chance', alarm: true })
    expect(verdict.text).toContain('the contrastive loss is 4.62, which is what it is when nothing is known')
    expect(judge(withFigures({ ...figures, contrast: 4.5 }, () => 3)).state).not.toBe('chance')
  })
})
