import type { ResultRecord } from './records.js'
import { known } from './results-across.js'
import { columnsOf, scoresOf } from './results-figures.js'

/** One figure of a training, a value a seed. */
export interface SeedFigure {
  readonly title: string
  /** Shares are shown in per cent */
  readonly share: boolean
  readonly seeds: readonly number[]
}

/** What a training has come to: the scores of its vectors, where its loss ended, how long its gradient was there. */
export function figuresOf({ evaluation, across, asked = [], last }: ResultRecord): SeedFigure[] {
  const scored = [
    ...(evaluation === undefined ? [] : scoresOf(evaluation)),
    ...asked.flatMap(one => columnsOf(one).map(({ title, of }) => ({ title: `${one.title}, ${title}`, of }))),
  ]
  const compared = across?.tasks.map(task => {
    const figure = known(task)
    return { title: `${task.name}, ${figure}`, share: true, seeds: task.trained[figure]?.seeds ?? [] }
  })
  return [
    ...scored.map(({ title, of }) => ({ title, share: true, seeds: of.balanced.seeds.map(seed => seed.trained) })),
    ...(compared ?? []),
    ...(last === undefined
      ? []
      : [
          { title: 'loss, last tenth of the steps', share: false, seeds: last.loss },
          { title: 'norm of the gradient there', share: false, seeds: last.gradientNorm },
        ]),
  ]
}
