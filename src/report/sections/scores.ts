import { contenders, type Evaluation, type Scored, type Summary } from '../../evaluation/evaluate.js'
import type { RunReport } from '../report.js'
import { note, percent, section, table } from './markup.js'

interface Column {
  readonly title: string
  readonly of: Pick<Summary, 'mean' | 'sd'>
}

const titled = (title: string, content: string): string => `<h3 class="over">${title}</h3>${content}`

export const contenderNames = { trained: 'trained', random: 'random init', raw: 'raw pixels' } as const

/** What the encoder is worth on labelled pictures, beside the same one untrained and the pixels. */
export function scores({ evaluation }: RunReport): string {
  if (evaluation === undefined) return ''
  const { tested, classes, chance, majority, commonest, seeds, notes } = evaluation
  const columns = columnsOf(evaluation)
  return section(
    'What the encoder learned',
    titled('Balanced accuracy', scoreTable(columns.map(({ title, of }) => ({ title, of: of.balanced })))),
    titled('Accuracy', scoreTable(columns)),
    note(
      [
        `Per cent of ${tested.toLocaleString('en')} test pictures of ${classes} classes that are told right; balanced, each class counts the same. The best of each column is bold.`,
        `Chance ${percent(chance)} %, commonest class (${commonest}) ${percent(majority)} %${seeds > 1 ? `; mean ± standard deviation over ${seeds} seeds` : ''}.`,
        ...notes,
      ].join(' '),
    ),
  )
}

function columnsOf({ k, knns, probes }: Evaluation): (Column & { readonly of: Scored })[] {
  return [
    { title: `kNN (k = ${k})`, of: knns },
    ...probes.map(probe => ({
      title:
        probe.labelsPerClass === 'all' ? 'linear probe, all labels' : `linear probe, ${probe.labelsPerClass} a class`,
      of: probe,
    })),
  ]
}

/** A row a contender; the best of each column in bold, by what is printed. */
export function scoreTable(columns: readonly Column[]): string {
  const cells = columns.map(columnCells)
  return table(
    columns.map(({ title }) => title),
    contenders.map((contender, row) => ({
      name: contenderNames[contender],
      cells: cells.map(column => column[row] ?? ''),
    })),
  )
}

/** One column: its numbers one below the other, with a deviation or without. */
function columnCells({ of: { mean, sd } }: Column): string[] {
  const printed = contenders.map(contender => percent(mean[contender]))
  const best = Math.max(...printed.map(Number).filter(Number.isFinite))
  const deviates = contenders.some(contender => sd[contender] > 0)
  return contenders.map((contender, row) => {
    const value = printed[row] ?? ''
    const shown = Number(value) === best ? `<b>${value}</b>` : value
    if (!deviates) return shown
    return `${shown} <span class="sd">${sd[contender] > 0 ? `± ${percent(sd[contender])}` : ''}</span>`
  })
}
