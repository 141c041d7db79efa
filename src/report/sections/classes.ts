import { media } from '../../data/media.js'
import { columnsIn, contenderNames, contendersIn, type Evaluation, type Scores } from '../../evaluation/evaluate.js'
import type { RunReport } from '../report.js'
import { escapeMarkup } from '../text.js'
import { note, percent, section, table } from './markup.js'

/** More rows than this are shown when they are asked for */
const MOST_OPEN = 20

/** How the pictures of each class are told: an accuracy over all may hide that a class is never told right. */
export const classes = ({ evaluation }: RunReport): string =>
  evaluation === undefined ? '' : section('Class by class', ...columnsIn(evaluation).map(byColumn))

function byColumn({ label, perClass, knns, medium = 'image' }: Evaluation): string {
  if (perClass.length === 0) return ''
  const columns = [
    'to learn from',
    'tested',
    ...['kNN', 'probe'].flatMap(how => contendersIn(knns.mean).map(c => `${how}, ${contenderNames[medium][c]}`)),
  ]
  const rows = perClass.map(({ label, training, tested, knn, probe }) => ({
    name: label,
    cells: [training.toLocaleString('en'), tested.toLocaleString('en'), ...cellsOf(knn), ...cellsOf(probe)],
  }))
  const all = table(columns, rows)
  return [
    label === undefined ? '' : `<h3 class="over">By ${escapeMarkup(label)}</h3>`,
    perClass.length > MOST_OPEN ? `<details><summary>All ${perClass.length} classes</summary>${all}</details>` : all,
    note(
      `Per cent of the test ${media[medium].many} of a class that are told right, mean over the seeds. Red: fewer than with the untrained encoder.`,
    ),
  ].join('')
}

function cellsOf(scores: Scores): string[] {
  const contenders = contendersIn(scores)
  const printed = contenders.map(contender => percent(scores[contender] ?? Number.NaN))
  return printed.map((value, i) =>
    contenders[i] === 'trained' && scores.trained < scores.random ? `<span class="worse">${value}</span>` : value,
  )
}
