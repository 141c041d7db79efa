import type { PretextMeasure } from '../../evaluation/pretext.js'
import type { RunReport } from '../report.js'
import { escapeMarkup } from '../text.js'
import { worded } from '../words.js'
import { gallery } from './gallery.js'
import { note, section, table } from './markup.js'

/** What is shown and what is hidden, how well it is guessed, and some of the guesses. */
export const task = (report: RunReport): string =>
  section('The task', words(report.method), measures(report), gallery('What was shown and guessed', report.views))

const words = ({ name, shown, hidden, paper }: RunReport['method']): string =>
  `<dl class="task"><div><dt>Shown</dt><dd>${escapeMarkup(shown)}</dd></div><div class="hidden"><dt>Hidden, to be predicted</dt><dd>${escapeMarkup(hidden)}</dd></div></dl>
<p class="paper">${escapeMarkup(name)}: ${escapeMarkup(paper)}</p>`

function measures({ pretext, medium = 'image' }: RunReport): string {
  if (pretext === undefined || pretext.measures.length === 0) return ''
  const { pictures, of, counted = 'pictures', heldOut, notes } = pretext
  const beside = [...new Set(pretext.measures.flatMap(({ baselines }) => Object.keys(baselines)))]
  const noisy = pretext.measures.some(({ noise }) => noise !== undefined)
  const rows = pretext.measures.map(measure => ({
    name: `${measure.name} (${measure.better} is better)`,
    cells: [
      `<b>${figure(measure.value)}</b>`,
      ...beside.map(baseline => figure(measure.baselines[baseline])),
      ...(noisy ? [figure(measure.noise), figure(measure.noiseBound)] : []),
    ],
  }))
  const all = of === undefined ? '' : `of ${of.toLocaleString('en')} `
  const on = `Measured on ${pictures.toLocaleString('en')} ${all}${counted} ${heldOut ? 'held out: the training has not seen them' : 'of the data'}.`
  const columns = ['trained', ...beside, ...(noisy ? ['on white noise', 'bound there'] : [])]
  const said = [on, 'What stands beside the trained network needs no learning.', ...(noisy ? [nothingThere] : [])]
  return `<h3 class="apart">How well it is done</h3>${table(columns, rows)}
${note(worded([...said, ...notes].join(' '), medium))}`
}

const nothingThere =
  'In white noise there is nothing to find: a network that is clearly better there than the bound has found a shortcut.'

const figure = (value: PretextMeasure['value'] | undefined): string =>
  value === undefined || !Number.isFinite(value) ? '–' : `${Number(value.toPrecision(3))}`
