import { type Medium, media } from '../data/media.js'
import { columnsIn, contenderNames, contendersIn, type Evaluation, type Summary } from '../evaluation/evaluate.js'
import type { Pretext } from '../evaluation/pretext.js'
import { showPercent } from '../evaluation/statistics.js'
import { poolWords } from '../nn/pools.js'
import type { LoopProgress } from '../training/task.js'
import { probeTitle } from './sections/scores.js'
import { layersText } from './sound-lines.js'
import { table } from './table.js'
import { many, worded } from './words.js'

/** 75 → '1 min 15 s' */
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)]
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`
}

/** How far a training is, on one line. */
export function progressLine({
  step,
  steps,
  loss,
  chance,
  accuracy,
  rank,
  neighbours,
  neighboursChance = 0,
  picturesPerSecond,
  viewsPerSample,
  secondsLeft,
}: LoopProgress): string {
  const right = accuracy === undefined ? '' : `  right ${(100 * accuracy).toFixed(1)} %`
  const alike =
    neighbours === undefined
      ? ''
      : `  nearest of its class ${(100 * neighbours).toFixed(0)} % (chance ${(100 * neighboursChance).toFixed(0)} %)`
  const filled = rank === undefined || neighbours !== undefined ? '' : `  rank ${rank.toFixed(1)}`
  return `step ${step}/${steps}  loss ${loss.toFixed(3)} (chance ${chance.toFixed(3)})${right}${alike}${filled}  ${(viewsPerSample * picturesPerSecond).toFixed(0)} views/s  ${duration(secondsLeft)} left`
}

/** The table of an evaluation, and what to know about it, by each column of labels. */
export const evaluationText = (e: Evaluation): string => columnsIn(e).map(byColumn).join('\n\n')

function byColumn(e: Evaluation): string {
  const { medium = 'image' } = e
  const columns = [{ title: `kNN (k = ${e.k})`, of: e.knns }, ...e.probes.map(p => ({ title: probeTitle(p), of: p }))]
  return [
    ...(e.label === undefined ? [] : [`By ${e.label}:`]),
    scoreTable('accuracy', columns, medium),
    '',
    scoreTable(
      'balanced accuracy',
      columns.map(({ title, of }) => ({ title, of: of.balanced })),
      medium,
    ),
    '',
    `${e.tested} test ${media[medium].many} of ${e.classes} classes, ${e.labelled} labelled; chance ${showPercent([e.chance])}, commonest class (${e.commonest}) ${showPercent([e.majority])}; mean ± sd over ${many(e.seeds, 'seed')}. Vectors: ${e.place.layer}, ${poolWords(e.place.pool, medium)}. Balanced: each class of the test part counts the same.`,
    ...e.notes,
    ...e.health.alarms.map(alarm => `Alarm: ${alarm}`),
    ...(e.layers ? ['', layersText('balanced, probe', e.layers)] : []),
  ].join('\n')
}

/** The task itself on held-out pictures: a line for each measure, with what needs no learning. */
export function pretextText({
  method,
  medium = 'image',
  counted = media[medium].many,
  pictures,
  of,
  heldOut,
  measures,
  notes,
  alarms,
}: Pretext): string {
  const figure = (value: number) => value.toPrecision(4)
  const lines = measures.map(({ name, value, better, baselines, noise, noiseBound }) => {
    const beside = Object.entries(baselines).map(([baseline, of]) => `${baseline} ${figure(of)}`)
    if (noise !== undefined)
      beside.push(`on white noise ${figure(noise)}${noiseBound === undefined ? '' : ` beside ${figure(noiseBound)}`}`)
    return `${name} ${figure(value)} (${[`${better} is better`, beside.join(', ')].filter(Boolean).join('; ')})`
  })
  return [
    `${method} on ${pictures} ${of === undefined ? '' : `of ${of} `}${counted}${heldOut ? ' held out' : ''}:`,
    ...lines,
    ...notes.map(note => worded(note, medium)),
    ...alarms.map(alarm => `Alarm: ${worded(alarm, medium)}`),
  ].join('\n')
}

function scoreTable(name: string, columns: readonly { title: string; of: Summary }[], medium: Medium): string {
  const rows = contendersIn(columns[0]?.of.mean ?? { trained: 0, random: 0, raw: 0 }).map(c => [
    contenderNames[medium][c] ?? c,
    ...columns.map(({ of }) =>
      showPercent(of.sd[c] === 0 ? [of.mean[c] ?? Number.NaN] : of.seeds.map(s => s[c] ?? Number.NaN)),
    ),
  ])
  return table([[name, ...columns.map(({ title }) => title)], ...rows])
}
