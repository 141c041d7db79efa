import { media } from '../../data/media.js'
import { contenderNames, contendersIn, type Scores } from '../../evaluation/evaluate.js'
import type { RunReport } from '../report.js'
import { note, percent, section, table } from './markup.js'

/** More rows than this are shown when they are asked for */
const MOST_OPEN = 20

/** How the pictures of each class are told: an accuracy over all may hide that a class is never told right. */
export function classes({ evaluation }: RunReport): string {
  if (evaluation === undefined || evaluation.perClass.length === 0) return ''
  const { perClass, knns, medium = 'image' } = evaluation
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
  return section(
    'Class by class',
    perClass.length > MOST_OPEN ? `<details><summary>All ${perClass.length} classes</summary>${all}</details>` : all,
    note(
      `Per cent of the test ${media[medium].many} of a class that are told right, mean over the seeds. Red: fewer than with the untrained encoder.`,
    ),
  )
}

function cellsOf(scores: Scores): string[] {
  const contenders = contendersIn(scores)
  const printed = contenders.map(contender => percent(scores[contender] ?? Number.NaN))
  return printed.map((value, i) =>
    contenders[i] === 'trained' && scores.trained < scores.random ? `<span class="worse">${value}</span>` : value,
  )
}
