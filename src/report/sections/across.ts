import { aboutAcross, acrossSaid, contendersOf, isRank } from '../across-lines.js'
import type { RunReport } from '../report.js'
import { escapeMarkup } from '../text.js'
import { note, percent, section, table } from './markup.js'
import { cellsOf, titled } from './scores.js'

/** How well one channel is found by another, and classes by their names, beside what has learnt nothing. */
export function across({ across }: RunReport): string {
  if (across === undefined) return ''
  return section(
    'One by the other',
    `<p>${escapeMarkup(acrossSaid(across))}</p>`,
    ...across.tasks.map(task => {
      const figures = Object.keys(task.trained)
      const contenders = contendersOf(task)
      const columns = figures.map(figure => {
        const values = contenders.map(({ of }) => of(figure))
        return isRank(figure) ? cellsOf(values, rank, true) : cellsOf(values, percent)
      })
      const rows = contenders.map(({ name }, row) => ({ name, cells: columns.map(column => column[row] ?? '') }))
      return titled(escapeMarkup(task.name), table(figures, rows))
    }),
    note(
      [
        'Per cent; R@10: how often what belongs to a sample is among the 10 nearest of the other channel. The best of each column is bold.',
        aboutAcross(across),
        ...across.notes,
      ].join(' '),
    ),
  )
}

const rank = (value: number): string => (Number.isFinite(value) ? value.toFixed(1) : '–')
