import type { ResultRecord } from './records.js'
import { besideBaselines, scoresOf, verdictOf } from './results-figures.js'
import type { Measured } from './results-page.js'

type Asked = NonNullable<ResultRecord['asked']>[number]

const rough = (share: number | undefined) => (share === undefined ? '–' : (100 * share).toFixed(1))
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

/** What each method has reached on sound: a column a task. */
export function speechTable(all: readonly Measured[]): string {
  const titles = [...new Set(all.flatMap(({ experiment }) => experiment.tasks ?? []).map(({ title }) => title))]
  const rows = all.map(({ experiment: { method }, record, state }) => {
    if (record === undefined) return [method, 'not measured yet', ...titles.map(() => ''), '', '']
    const { encoder, steps, batch, seconds } = record.run
    const stale = state === 'stale' ? ' (before a change)' : ''
    const budget = `${steps} × ${batch} × ${seconds?.toFixed(1)} s, ${mean(record.minutes.trainings).toFixed(1)} min`
    const asked = titles.map(title => record.asked?.find(one => one.title === title))
    const cells = asked.map(one => (one === undefined ? '' : cellOf(one)))
    return [
      `${method}${stale}`,
      `${encoder}, ${budget}`,
      ...cells,
      aboveRandom(record),
      besideBaselines(record.pretexts).join('; '),
    ]
  })
  const head = ['method', 'encoder, budget', ...titles, 'above random', 'pretext']
  return [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n')
}

/** The linear probe with all labels: balanced accuracy of trained / random / log-mel / MFCC. */
function cellOf({ evaluation }: Asked): string {
  const { mean: of } = lastOf(evaluation).of.balanced
  const others = [of.random, of.raw, of.mfcc].map(rough)
  return `**${rough(of.trained)}** / ${others.join(' / ')}`
}

function lastOf(evaluation: Asked['evaluation']) {
  const last = scoresOf(evaluation).at(-1)
  if (last === undefined) throw new RangeError('an evaluation without a score')
  return last
}

/** In every task with every seed, by the probe with all labels. */
function aboveRandom({ asked = [] }: ResultRecord): string {
  const short = asked.filter(({ evaluation }) => verdictOf([lastOf(evaluation)]).short !== 'yes')
  return short.length === 0 ? 'yes' : `not in ${short.map(({ title }) => title).join('; ')}`
}

/** One method: what was asked, by which command, and how it ended. */
export const askedSection = ({ asked = [] }: ResultRecord): string =>
  asked
    .map(({ title, command, evaluation }) => {
      const columns = scoresOf(evaluation).map(({ title: column, of }) => {
        const { mean: m, sd } = of.balanced
        return `${column}: trained ${rough(m.trained)} ± ${rough(sd.trained)}, random ${rough(m.random)} ± ${rough(sd.random)}, log-mel ${rough(m.raw)}, MFCC ${rough(m.mfcc)}`
      })
      return `- **${title}** (\`${command}\`; ${evaluation.tested} of ${evaluation.classes} classes, commonest ${rough(evaluation.majority)}): ${columns.join('; ')}. ${verdictOf(scoresOf(evaluation)).long}`
    })
    .join('\n')
