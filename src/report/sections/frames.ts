import { columnsIn } from '../../evaluation/evaluate.js'
import type { FrameEvaluation } from '../../evaluation/frames/evaluate.js'
import type { LayerScores } from '../../evaluation/layers.js'
import type { RunReport } from '../report.js'
import { aboutFrames } from '../sound-lines.js'
import { note, percent, section, table } from './markup.js'
import { scoreTable } from './scores.js'

/** What single frames tell of what is said in them, beside the same encoder untrained and plain spectra. */
export function frames({ frames }: RunReport): string {
  if (frames === undefined) return ''
  return section(
    'What frames tell',
    scoreTable(columnsOf(frames), 'audio'),
    note([aboutFrames(frames), ...frames.notes].join(' ')),
  )
}

function columnsOf({ probe, abx: { within, across } }: FrameEvaluation) {
  return [
    { title: 'frames told', of: probe },
    { title: 'balanced', of: probe.balanced },
    ...(within ? [{ title: 'ABX error, one speaker', of: within, lower: true }] : []),
    ...(across ? [{ title: 'ABX error, across speakers', of: across, lower: true }] : []),
  ]
}

/** What a probe tells at each layer of the encoder. */
export function layers({ evaluation, frames }: RunReport): string {
  const of = [
    ...(evaluation ? columnsIn(evaluation) : []).flatMap(({ label, layers }) =>
      layers ? [{ title: label === undefined ? 'samples, balanced' : `${label}, balanced`, layers }] : [],
    ),
    ...(frames?.layers ? [{ title: 'frames', layers: frames.layers }] : []),
  ]
  const [first] = of
  if (first === undefined) return ''
  const scored = (layers: readonly LayerScores[], i: number) => {
    const { trained = Number.NaN, random = Number.NaN } = layers[i] ?? {}
    return [percent(trained), percent(random)]
  }
  return section(
    'Layer by layer',
    table(
      of.flatMap(({ title }) => [`${title}, trained`, `${title}, random init`]),
      first.layers.map(({ layer }, i) => ({ name: layer, cells: of.flatMap(({ layers }) => scored(layers, i)) })),
    ),
    note('Per cent told right by a linear probe with all labels at each layer; one seed.'),
  )
}
