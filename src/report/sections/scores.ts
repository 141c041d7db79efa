import { type Medium, media } from '../../data/media.js'
import {
  columnsIn,
  contenderNames,
  contendersIn,
  type Evaluation,
  type ProbeScores,
  type Scored,
  type Summary,
} from '../../evaluation/evaluate.js'
import type { RunReport } from '../report.js'
import { escapeMarkup } from '../text.js'
import { note, percent, section, table } from './markup.js'

interface Column {
  readonly title: string
  readonly of: Pick<Summary, 'mean' | 'sd'>
  /** Lower is better */
  readonly lower?: boolean
}

export const titled = (title: string, content: string): string => `<h3 class="over">${title}</h3>${content}`

/** What the encoder is worth on labelled pictures, beside the same one untrained and the pixels. */
export const scores = ({ evaluation }: RunReport): string =>
  evaluation === undefined ? '' : section('What the encoder learned', ...columnsIn(evaluation).map(byColumn))

function byColumn(evaluation: Evaluation): string {
  const { label, tested, classes, chance, majority, commonest, seeds, notes, medium = 'image' } = evaluation
  const columns = columnsOf(evaluation)
  const by = label === undefined ? '' : `, by ${escapeMarkup(label)}`
  return [
    titled(
      `Balanced accuracy${by}`,
      scoreTable(
        columns.map(({ title, of }) => ({ title, of: of.balanced })),
        medium,
      ),
    ),
    titled(`Accuracy${by}`, scoreTable(columns, medium)),
    note(
      [
        `Per cent of ${tested.toLocaleString('en')} test ${media[medium].many} of ${classes} classes that are told right; balanced, each class counts the same. The best of each column is bold.`,
        `Chance ${percent(chance)} %, commonest class (${commonest}) ${percent(majority)} %${seeds > 1 ? `; mean ± standard deviation over ${seeds} seeds` : ''}.`,
        ...notes,
      ].join(' '),
    ),
  ].join('')
}

function columnsOf({ k, knns, probes }: Evaluation): (Column & { readonly of: Scored })[] {
  return [
    { title: `kNN (k = ${k})`, of: knns },
    ...probes.map(probe => ({ title: `linear ${probeTitle(probe)}`, of: probe })),
  ]
}

/** A row a contender; the best of each column in bold, by what is printed. */
export function scoreTable(columns: readonly Column[], medium: Medium): string {
  const contenders = columns[0] ? contendersIn(columns[0].of.mean) : []
  const cells = columns.map(columnCells)
  return table(
    columns.map(({ title }) => title),
    contenders.map((contender, row) => ({
      name: contenderNames[medium][contender] ?? contender,
      cells: cells.map(column => column[row] ?? ''),
    })),
  )
}

/** One column of shares. */
function columnCells({ of: { mean, sd }, lower = false }: Column): string[] {
  const values = contendersIn(mean).map(contender => ({ mean: mean[contender] ?? Number.NaN, sd: sd[contender] ?? 0 }))
  return cellsOf(values, percent, lower)
}

/** Numbers one below the other, with a deviation or without; the best in bold, by what is printed. */
export function cellsOf(
  values: readonly { readonly mean: number; readonly sd: number }[],
  show: (value: number) => string,
  lower = false,
): string[] {
  const printed = values.map(({ mean }) => show(mean))
  const best = (lower ? Math.min : Math.max)(...printed.map(Number).filter(Number.isFinite))
  const deviates = values.some(({ sd }) => sd > 0)
  return values.map(({ sd }, row) => {
    const value = printed[row] ?? ''
    const shown = Number(value) === best ? `<b>${value}</b>` : value
    if (!deviates) return shown
    return `${shown} <span class="sd">${sd > 0 ? `± ${show(sd)}` : ''}</span>`
  })
}

/** `probe, all labels, mean and deviation` */
export function probeTitle({ labelsPerClass, pool }: Pick<ProbeScores, 'labelsPerClass' | 'pool'>): string {
  const of = pool === 'mean-sd' ? ', mean and deviation' : ''
  return `probe, ${labelsPerClass === 'all' ? 'all labels' : `${labelsPerClass} a class`}${of}`
}
