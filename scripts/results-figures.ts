import type { Evaluation, Pretext } from 'lacuna'
import type { Scored } from '#lacuna/evaluation/index.js'
import { mean } from '#lacuna/evaluation/statistics.js'
import type { Asked } from './records.js'

export interface Column {
  readonly title: string
  readonly of: Scored
}

/** kNN and the probes. */
export function scoresOf({ knns, probes }: Evaluation): Column[] {
  return [
    { title: 'kNN', of: knns },
    ...probes.map(probe => ({
      title: `probe, ${probe.labelsPerClass === 'all' ? 'all labels' : `${probe.labelsPerClass} labels a class`}${probe.pool === 'mean-sd' ? ', mean and deviation of the frames' : ''}`,
      of: probe,
    })),
  ]
}

/** The same of what was asked on other data, of recordings or of their frames. */
export const columnsOf = (asked: Asked): Column[] =>
  'frames' in asked ? [{ title: 'probe of frames', of: asked.frames.probe }] : scoresOf(asked.evaluation)

/** Whether the trained encoder is above the random one: in accuracy and balanced accuracy, with every seed. */
export function verdictOf(columns: readonly Column[]): { readonly short: string; readonly long: string } {
  const figures = columns.flatMap(({ title, of }) => [
    { title: `${title} (balanced)`, of: of.balanced },
    { title, of },
  ])
  const above = (s: { readonly trained: number; readonly random: number }) => s.trained > s.random
  const beneath = figures.filter(({ of }) => !above(of.mean))
  const some = figures.filter(({ of }) => above(of.mean) && !of.seeds.every(above))
  if (beneath.length + some.length === 0) {
    const least = Math.min(...figures.flatMap(({ of }) => of.seeds.map(seed => seed.trained - seed.random)))
    return {
      short: 'yes',
      long: `Above random initialisation in every column with every seed, by ${(100 * least).toFixed(1)} points at least.`,
    }
  }
  const named = (list: typeof figures) => list.map(({ title }) => title).join('; ')
  const said = [
    ...(beneath.length > 0 ? [`Not above random initialisation: ${named(beneath)}.`] : []),
    ...(some.length > 0 ? [`Above it in the mean but not with every seed: ${named(some)}.`] : []),
  ]
  return { short: beneath.length > 0 ? 'no' : 'in the mean', long: said.join(' ') }
}

/** Each measure of the task with its baselines, mean over the seeds. */
export function besideBaselines(pretexts: readonly Pretext[]): string[] {
  const figure = (value: number) => value.toPrecision(3)
  return (pretexts[0]?.measures ?? []).map(({ name, baselines, noise, noiseBound }, i) => {
    const over = (pick: (m: Pretext['measures'][number]) => number | undefined) =>
      mean(pretexts.flatMap(({ measures }) => measures.slice(i, i + 1).map(m => pick(m) ?? Number.NaN)))
    const beside = Object.keys(baselines).map(key => `${key} ${figure(over(m => m.baselines[key]))}`)
    if (noise !== undefined) {
      const bound = noiseBound === undefined ? '' : ` beside ${figure(over(m => m.noiseBound))}`
      beside.push(`on white noise ${figure(over(m => m.noise))}${bound}`)
    }
    const value = `${name} **${figure(over(m => m.value))}**`
    return beside.length === 0 ? value : `${value} (${beside.join(', ')})`
  })
}

/** Baselines that the task, mean over the seeds, does not beat. */
export function notBetter(pretexts: readonly Pretext[]): string[] {
  return (pretexts[0]?.measures ?? []).flatMap(({ name, better, baselines }, i) => {
    const all = pretexts.flatMap(({ measures }) => measures.slice(i, i + 1))
    const value = mean(all.map(measure => measure.value))
    return Object.keys(baselines)
      .filter(key => {
        const trivial = mean(all.map(measure => measure.baselines[key] ?? Number.NaN))
        return better === 'higher' ? value <= trivial : value >= trivial
      })
      .map(key => `${key} in ${name}`)
  })
}
