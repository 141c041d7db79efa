import type { Evaluation } from 'lacuna'
import type { Abx, FrameEvaluation } from '#lacuna/evaluation/index.js'
import { mean } from '#lacuna/evaluation/statistics.js'
import { sources } from './experiments.js'
import type { Asked, ResultRecord } from './records.js'
import { besideBaselines, type Column, columnsOf, verdictOf } from './results-figures.js'
import type { Measured } from './results-page.js'

const rough = (share: number | undefined) => (share === undefined ? '–' : (100 * share).toFixed(1))

/** What each method has reached on sound: a column a task. */
export function speechTable(all: readonly Measured[]): string {
  const titles = [...new Set(all.flatMap(({ experiment }) => experiment.tasks ?? []).map(({ title }) => title))]
  const rows = all.map(({ experiment: { method, on }, record, state }) => {
    const { title: data } = sources[on]
    if (record === undefined) return [method, data, 'not measured yet', ...titles.map(() => ''), '', '']
    const { encoder, steps, batch, seconds } = record.run
    const stale = state === 'stale' ? ' (before a change)' : ''
    const hours = (steps * batch * (seconds ?? Number.NaN)) / 3600
    const budget = `${steps} × ${batch} × ${seconds?.toFixed(1)} s (${hours.toFixed(1)} h heard), ${mean(record.minutes.trainings).toFixed(1)} min`
    const asked = titles.map(title => record.asked?.find(one => one.title === title))
    const cells = asked.map(one => (one === undefined ? '' : cellOf(one)))
    return [
      method,
      `${data}${stale}`,
      `${encoder}, ${budget}`,
      ...cells,
      aboveRandom(record),
      besideBaselines(record.pretexts).join('; '),
    ]
  })
  const head = ['method', 'data', 'encoder, budget', ...titles, 'above random', 'pretext']
  return [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n')
}

/** The linear probe with all labels, of recordings or of their frames: balanced accuracy of trained / random / log-mel / MFCC. */
function cellOf(asked: Asked): string {
  const { mean: of } = lastOf(asked).of.balanced
  const others = [of.random, of.raw, of.mfcc].map(rough)
  return `**${rough(of.trained)}** / ${others.join(' / ')}`
}

function lastOf(asked: Asked): Column {
  const last = columnsOf(asked).at(-1)
  if (last === undefined) throw new RangeError('an evaluation without a score')
  return last
}

/** In every task with every seed, by the probe with all labels. */
function aboveRandom({ asked = [] }: ResultRecord): string {
  const short = asked.filter(one => verdictOf([lastOf(one)]).short !== 'yes')
  return short.length === 0 ? 'yes' : `not in ${short.map(({ title }) => title).join('; ')}`
}

/** One method: what was asked, by which command, and how it ended. */
export const askedSection = ({ asked = [] }: ResultRecord): string =>
  asked
    .map(one => {
      const columns = columnsOf(one).map(({ title, of }) => {
        const { mean: m, sd } = of.balanced
        return `${title}: trained ${rough(m.trained)} ± ${rough(sd.trained)}, random ${rough(m.random)} ± ${rough(sd.random)}, log-mel ${rough(m.raw)}, MFCC ${rough(m.mfcc)}`
      })
      const said = 'frames' in one ? aboutFrames(one.frames) : aboutVectors(one.evaluation)
      return `- **${one.title}** (\`${one.command}\`; ${said}): ${columns.join('; ')}. ${verdictOf(columnsOf(one)).long}`
    })
    .join('\n')

const aboutVectors = ({ tested, classes, majority }: Evaluation) =>
  `${tested} of ${classes} classes, commonest ${rough(majority)}`

const aboutFrames = ({ test, classes, majority, abx: { within } }: FrameEvaluation) =>
  [
    `${test.frames} frames of ${test.recordings} recordings, ${classes} classes, commonest ${rough(majority)}`,
    ...(within === undefined ? [] : [`ABX error within a speaker ${abxText(within)}`]),
  ].join('; ')

const abxText = ({ mean: of }: Abx) =>
  `trained ${rough(of.trained)}, random ${rough(of.random)}, log-mel ${rough(of.raw)}, MFCC ${rough(of.mfcc)}`
