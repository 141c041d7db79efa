import { legendOf } from '../palette.js'
import type { PictureMap, RunReport } from '../report.js'
import { className, scatter } from '../scatter.js'
import { escapeMarkup } from '../text.js'
import { worded } from '../words.js'
import { figure, percent, section } from './markup.js'

/** The pictures on the plane in which their vectors differ most. */
export function map({ map: shown, medium = 'image' }: RunReport): string {
  if (shown === undefined || shown.points.length === 0) return ''
  const [across = 0, up = 0] = shown.shares
  const caption = worded(
    `${shown.points.length.toLocaleString('en')} pictures by their vectors, seen from the side on which they differ most (PCA): ${percent(across, 0)} % of the variance lies across, ${percent(up, 0)} % upwards, the rest is not to be seen here. A point is a picture; some are drawn.`,
    medium,
  )
  return section('Map', figure('', caption, `${legend(shown)}<div class="scroll map">${scatter(shown)}</div>`))
}

function legend({ points }: PictureMap): string {
  const { entries } = legendOf(points.map(({ label }) => label))
  if (entries.length === 0) return ''
  const items = entries.map(
    ({ label, count, colour }) =>
      `<li><svg class="chart dot" viewBox="0 0 10 10" aria-hidden="true"><path class="${className(colour)}" d="M5 5h0" stroke-width="9" stroke-linecap="round"/></svg>${escapeMarkup(label)} <span>${count.toLocaleString('en')}</span></li>`,
  )
  return `<ul class="legend">${items.join('')}</ul>`
}
