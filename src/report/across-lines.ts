import type { AcrossEvaluation, AcrossTask, Figure } from '../evaluation/across/evaluate.js'
import { showPercent } from '../evaluation/statistics.js'
import { table } from './table.js'
import { capital, many } from './words.js'

/** What channels tell of one another: what it comes to, a table for each task, and what to know about it. */
export function acrossText(e: AcrossEvaluation): string {
  return [...e.tasks.map(taskTable), acrossSaid(e), aboutAcross(e), ...e.notes].join('\n\n')
}

function taskTable(task: AcrossTask): string {
  const figures = Object.keys(task.trained)
  const shown = (figure: string, { mean, seeds }: Figure) => (isRank(figure) ? mean.toFixed(1) : showPercent(seeds))
  return table([
    [task.name, ...figures],
    ...contendersOf(task).map(({ name, of }) => [name, ...figures.map(figure => shown(figure, of(figure)))]),
  ])
}

/** What the figures are of, in sentences. */
export function aboutAcross({ channels, pairs, runs, tasks }: AcrossEvaluation): string {
  const held = channels.length > 1 ? 'pairs held out, each looked for among all of them' : 'held out'
  const plain = tasks.some(({ plain }) => plain)
    ? ` ${capital(PLAIN)}: no network; colours of the picture are regressed on the words of its text.`
    : ''
  const named = tasks.some(({ chance }) => 'accuracy' in chance)
    ? ' By chance, the accuracy is that of the commonest class.'
    : ''
  return `${count(pairs)} ${held}; mean ± sd over ${many(runs, 'run')}.${plain}${named}`
}

/** A median rank is no share, and the lower the better. */
export const isRank = (figure: string): boolean => figure === 'median rank'

const PLAIN = 'colours against words'

/** Who takes part in a task: the trained networks first, and what each has of a figure. */
export function contendersOf({ trained, random, plain, chance }: AcrossTask) {
  const unknown: Figure = { mean: Number.NaN, sd: 0, seeds: [Number.NaN] }
  const guess = (mean = Number.NaN): Figure => ({ mean, sd: 0, seeds: [mean] })
  return [
    { name: 'trained', of: (figure: string) => trained[figure] ?? unknown },
    { name: 'random init', of: (figure: string) => random[figure] ?? unknown },
    ...(plain ? [{ name: PLAIN, of: (figure: string) => plain[figure] ?? unknown }] : []),
    { name: 'chance', of: (figure: string) => guess(chance[figure]) },
  ]
}

/** Standard errors that a difference must have to be believed */
const SURE = 2
/** So many places of a search are looked at as a guess finds no more in than this */
const RARE = 0.1

/** Whether more is found, and named, than by what has learnt nothing: a sentence each. */
export function acrossSaid({ tasks, pairs }: AcrossEvaluation): string {
  const ranked = tasks.filter(({ trained }) => 'median rank' in trained)
  const named = tasks.filter(({ trained }) => 'balanced accuracy' in trained)
  const places = Object.entries(ranked[0]?.chance ?? {}).filter(([figure, share]) => !isRank(figure) && share <= RARE)
  const figure = places.at(-1)?.[0] ?? 'R@1'
  const where = figure === 'R@1' ? 'the nearest' : `among the ${figure.slice(2)} nearest`
  return [
    ranked.length > 0 && `Of ${count(pairs)} pairs held out, the other half is ${where} in ${beside(ranked, figure)}.`,
    named.length > 0 &&
      `By their names alone, classes are told right (balanced) in ${beside(named, 'balanced accuracy')}.`,
  ]
    .filter(Boolean)
    .join(' ')
}

/** `12.3 %, clearly more than chance (1.0 %), not clearly more than random init (11.0 %)`: means over some tasks. */
function beside(tasks: readonly AcrossTask[], figure: string): string {
  const asked = Math.min(...tasks.map(({ asked }) => asked))
  const all = tasks.map(contendersOf)
  const [trained = { name: '', share: Number.NaN }, ...others] = (all[0] ?? []).map(({ name }, i) => ({
    name,
    share: all.reduce((sum, each) => sum + (each[i]?.of(figure).mean ?? Number.NaN), 0) / all.length,
  }))
  const told = ({ share }: { readonly share: number }) => {
    const p = (share + trained.share) / 2
    const sure = SURE * Math.sqrt((p * (1 - p)) / asked)
    if (trained.share - share > sure) return 'clearly more than'
    return share - trained.share > sure ? 'clearly less than' : 'not clearly more than'
  }
  const said = [...new Set(others.map(told))].map(words => {
    const alike = others.filter(other => told(other) === words)
    return `${words} ${alike.map(({ name, share }) => `${name} (${showPercent([share])})`).join(' or ')}`
  })
  return [showPercent([trained.share]), ...said].join(', ')
}

const count = (value: number): string => value.toLocaleString('en')
