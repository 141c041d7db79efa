import type { AcrossEvaluation, AcrossTask } from '#lacuna/evaluation/index.js'
import { sources } from './experiments.js'
import type { Measured } from './results-page.js'

const percent = (share: number | undefined) => (share === undefined ? '–' : (100 * share).toFixed(1))
const shown = (figure: string, value: number | undefined) =>
  figure === 'median rank' ? (value?.toFixed(1) ?? '–') : percent(value)
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

/** The figure that a task is known by. */
const known = ({ trained }: AcrossTask): string => ('R@10' in trained ? 'R@10' : 'balanced accuracy')

/** What each method that compares channels has reached: a column a task. */
export function acrossTable(all: readonly Measured[]): string {
  const tasks = all.flatMap(({ record }) => record?.across?.tasks ?? [])
  const titles = [...new Map(tasks.map(task => [task.name, `${task.name}, ${known(task)}`]))]
  const rows = all.map(({ experiment: { method, on }, record, state }) => {
    const { title } = sources[on]
    if (record?.across === undefined) return [method, title, 'not measured yet', ...titles.map(() => ''), '', '']
    const { encoder, steps, batch } = record.run
    const { pairs, tasks } = record.across
    const cells = titles.map(([name]) => tasks.filter(task => task.name === name).map(cellOf)[0] ?? '')
    const short = beneath(record.across)
    return [
      method,
      `${title}${state === 'stale' ? ' (before a change)' : ''}`,
      `${encoder}, ${steps} × ${batch}, ${mean(record.minutes.trainings).toFixed(1)} min`,
      ...cells,
      `${pairs}`,
      short.length === 0 ? 'yes' : `not in ${short.join('; ')}`,
    ]
  })
  const titled = titles.map(([, title]) => title)
  const head = ['method', 'data', 'encoder, budget', ...titled, 'pairs', 'above all others']
  return [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n')
}

function cellOf(task: AcrossTask): string {
  const figure = known(task)
  const others = [task.random[figure]?.mean, task.plain?.[figure]?.mean, task.chance[figure]].map(percent)
  return `**${percent(task.trained[figure]?.mean)}** / ${others.join(' / ')}`
}

/** Tasks in which some contender is not beaten with every seed, and which. */
function beneath({ tasks }: AcrossEvaluation): string[] {
  return tasks.flatMap(task => {
    const figure = known(task)
    const least = Math.min(...(task.trained[figure]?.seeds ?? []))
    const others = {
      random: task.random[figure]?.mean,
      'words and colours': task.plain?.[figure]?.mean,
      chance: task.chance[figure],
    }
    const ahead = Object.entries(others).flatMap(([name, value]) =>
      value !== undefined && value >= least ? [name] : [],
    )
    return ahead.length === 0 ? [] : [`${task.name} (${ahead.join(', ')})`]
  })
}

/** All figures of one method. */
export function acrossSection(across: AcrossEvaluation): string {
  const tables = across.tasks.map(task => {
    const figures = Object.keys(task.trained)
    const row = (title: string, of: (figure: string) => string) => `| ${title} | ${figures.map(of).join(' | ')} |`
    const withDeviation = (figure: string) => {
      const { mean: m, sd } = task.trained[figure] ?? { mean: Number.NaN, sd: Number.NaN }
      return `${shown(figure, m)} ± ${shown(figure, sd)}`
    }
    return [
      `| ${task.name} | ${figures.join(' | ')} |`,
      `|---|${'---|'.repeat(figures.length)}`,
      row('trained', withDeviation),
      row('the same networks, random initialisation', figure => shown(figure, task.random[figure]?.mean)),
      ...(task.plain ? [row('words regressed on colours', figure => shown(figure, task.plain?.[figure]?.mean))] : []),
      row('chance; of classes the commonest', figure => shown(figure, task.chance[figure])),
    ].join('\n')
  })
  const short = beneath(across)
  const verdict =
    short.length === 0 ? 'Above all of them with every seed.' : `Not above with every seed: ${short.join('; ')}.`
  const notes = [`${across.pairs} pairs held out, in per cent, mean ± standard deviation over ${across.runs} seeds.`]
  return [...tables, [...notes, ...across.notes, verdict].join(' ')].join('\n\n')
}
