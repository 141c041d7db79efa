import type { AcrossEvaluation, AcrossTask, Figure } from '../evaluation/across/evaluate.js'
import { showPercent } from '../evaluation/statistics.js'
import { table } from './table.js'

/** What channels tell of one another, a table for each task, and what to know about it. */
export function acrossText(e: AcrossEvaluation): string {
  const found = e.channels.length > 1 ? 'pairs held out, each looked for among all of them' : 'held out'
  const plain = e.tasks.some(task => task.plain)
  return [
    ...e.tasks.map(taskTable),
    `${e.pairs} ${found}; mean ± sd over ${e.runs} run(s).${plain ? ' Plain: colours of the picture regressed on the words of its text.' : ''}`,
    ...e.notes,
  ].join('\n\n')
}

function taskTable({ name, trained, random, plain, chance }: AcrossTask): string {
  const figures = Object.keys(trained)
  const row = (title: string, own: Readonly<Record<string, Figure>>) => [
    title,
    ...figures.map(figure => shown(figure, own[figure]?.seeds ?? [])),
  ]
  return table([
    [name, ...figures],
    row('trained', trained),
    row('random init', random),
    ...(plain ? [row('plain', plain)] : []),
    ['chance', ...figures.map(figure => shown(figure, [chance[figure] ?? Number.NaN]))],
  ])
}

const shown = (figure: string, seeds: readonly number[]): string =>
  figure === 'median rank' ? (seeds.reduce((a, b) => a + b, 0) / seeds.length).toFixed(1) : showPercent(seeds)
