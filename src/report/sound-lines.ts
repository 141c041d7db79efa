import type { FrameEvaluation } from '../evaluation/frames/evaluate.js'
import type { LayerScores } from '../evaluation/layers.js'
import { contenderNames, contendersIn, type Summary } from '../evaluation/scores.js'
import { showPercent } from '../evaluation/statistics.js'
import { table } from './table.js'
import { many } from './words.js'

/** What frames tell, and what to know about it. */
export function framesText(e: FrameEvaluation): string {
  const { within, across } = e.abx
  const columns: { title: string; of: Summary }[] = [
    { title: 'frames told', of: e.probe },
    { title: 'balanced', of: e.probe.balanced },
    ...(within ? [{ title: 'ABX within', of: within }] : []),
    ...(across ? [{ title: 'ABX across', of: across }] : []),
  ]
  const rows = contendersIn(e.probe.mean).map(c => [
    contenderNames.audio[c] ?? c,
    ...columns.map(({ of }) =>
      showPercent(of.sd[c] === 0 ? [of.mean[c] ?? Number.NaN] : of.seeds.map(seed => seed[c] ?? Number.NaN)),
    ),
  ])
  return [
    table([['frames', ...columns.map(({ title }) => title)], ...rows]),
    '',
    aboutFrames(e),
    ...e.notes,
    ...(e.layers ? ['', layersText('frames told', e.layers)] : []),
  ].join('\n')
}

/** What the figures are of, in sentences. */
export function aboutFrames(e: FrameEvaluation): string {
  const { within, across } = e.abx
  const ms = (seconds: number) => `${+(1000 * seconds).toFixed(2)} ms`
  const count = (n: number) => n.toLocaleString('en')
  const abx =
    within || across
      ? ` ABX: share of triples in which a phone is nearer to another phone in the same context than to itself, lower is better, chance 50 %;${within ? ` ${count(within.triples)} triples of one speaker` : ''}${within && across ? ',' : ''}${across ? ` ${count(across.triples)} across speakers` : ''}.`
      : ''
  return `${count(e.test.frames)} test frames of ${e.test.recordings} recordings, ${count(e.training.frames)} of ${e.training.recordings} to learn from, ${e.classes} labels; commonest (${e.commonest}) ${showPercent([e.majority])}; mean ± sd over ${many(e.seeds, 'seed')}. A linear probe sees one frame (${e.layer}: every ${ms(e.hop)}, of ${ms(e.sees)} of the wave), log-mel and MFCC the one at the same moment.${abx}`
}

/** A row a layer. */
export function layersText(title: string, layers: readonly LayerScores[]): string {
  return table([
    [`${title}, by layer`, contenderNames.audio.trained, contenderNames.audio.random],
    ...layers.map(({ layer, trained, random }) => [layer, showPercent([trained]), showPercent([random])]),
  ])
}
