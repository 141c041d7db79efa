import type { AcrossEvaluation, AcrossTask } from '#lacuna/evaluation/index.js'
import { mean } from '#lacuna/evaluation/statistics.js'
import { contendersOf, isRank } from '#lacuna/report/across-lines.js'
import { nameOf, sources } from './experiments.js'
import type { Measured } from './results-page.js'

const percent = (share: number) => (100 * share).toFixed(1)
const shown = (figure: string, value: number) => (isRank(figure) ? value.toFixed(1) : percent(value))

/** What those who take part are called on this page: in a few words, and where there is room. */
const called: Readonly<Record<string, { readonly short: string; readonly long: string }>> = {
  'random init': { short: 'random', long: 'the same networks, random initialisation' },
  'colours against words': { short: 'words and colours', long: 'words regressed on colours' },
  chance: { short: 'chance', long: 'chance; of classes the commonest' },
}

/** The figure that a task is known by. */
export const known = ({ trained }: AcrossTask): string => ('R@10' in trained ? 'R@10' : 'balanced accuracy')

/** What each method that compares channels has reached: a column a task. */
export function acrossTable(all: readonly Measured[]): string {
  const tasks = all.flatMap(({ record }) => record?.across?.tasks ?? [])
  const titles = [...new Map(tasks.map(task => [task.name, `${task.name}, ${known(task)}`]))]
  const rows = all.map(({ experiment, record, state }) => {
    const [method, { title }] = [nameOf(experiment), sources[experiment.on]]
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

/** **trained** / random / words and colours / chance */
function cellOf(task: AcrossTask): string {
  const means = new Map(contendersOf(task).map(({ name, of }) => [name, percent(of(known(task)).mean)]))
  const others = Object.keys(called).map(name => means.get(name) ?? '–')
  return `**${means.get('trained')}** / ${others.join(' / ')}`
}

/** Tasks in which some contender is not beaten with every seed, and which. */
function beneath({ tasks }: AcrossEvaluation): string[] {
  return tasks.flatMap(task => {
    const [trained, ...others] = contendersOf(task).map(({ name, of }) => ({ name, ...of(known(task)) }))
    const least = Math.min(...(trained?.seeds ?? []))
    const ahead = others.flatMap(({ name, mean }) => (mean >= least ? [called[name]?.short ?? name] : []))
    return ahead.length === 0 ? [] : [`${task.name} (${ahead.join(', ')})`]
  })
}

/** All figures of one method. */
export function acrossSection(across: AcrossEvaluation): string {
  const tables = across.tasks.map(task => {
    const figures = Object.keys(task.trained)
    const rows = contendersOf(task).map(({ name, of }) => {
      const cells = figures.map(figure => {
        const { mean: m, sd } = of(figure)
        return name === 'trained' ? `${shown(figure, m)} ± ${shown(figure, sd)}` : shown(figure, m)
      })
      return `| ${[called[name]?.long ?? name, ...cells].join(' | ')} |`
    })
    return [`| ${task.name} | ${figures.join(' | ')} |`, `|---|${'---|'.repeat(figures.length)}`, ...rows].join('\n')
  })
  const short = beneath(across)
  const verdict =
    short.length === 0 ? 'Above all of them with every seed.' : `Not above with every seed: ${short.join('; ')}.`
  const notes = [
    `${across.pairs.toLocaleString('en')} pairs held out, in per cent, mean ± standard deviation over ${across.runs} seeds.`,
  ]
  return [...tables, [...notes, ...across.notes, verdict].join(' ')].join('\n\n')
}
