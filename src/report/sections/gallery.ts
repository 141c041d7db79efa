import { shortName } from '../names.js'
import type { Exhibit, Gallery } from '../report.js'
import { escapeMarkup } from '../text.js'
import { figure } from './markup.js'

/** Pictures in rows, each with its name below: pictures of the page, which has its own ground in light and dark. */
export function gallery(title: string, shown: Gallery | undefined): string {
  if (shown === undefined || shown.rows.length === 0) return ''
  const { caption, columns, rows } = shown
  const width = Math.max(columns.length, ...rows.map(row => row.length))
  const headings = columns.some(column => column !== '')
    ? Array.from({ length: width }, (_, i) => `<div class="heading">${escapeMarkup(columns[i] ?? '')}</div>`)
    : []
  const cells = rows.flatMap(row => Array.from({ length: width }, (_, i) => exhibit(row[i], i === 0)))
  const kind = width > MOST_SIDE_BY_SIDE ? 'gallery wide' : 'gallery'
  return figure(
    title,
    caption,
    `<div class="${kind}" style="--columns:${width}">${[...headings, ...cells].join('\n')}</div>`,
  )
}

/** More columns than this are folded in two on a phone */
const MOST_SIDE_BY_SIDE = 5

function exhibit(shown: Exhibit | undefined, first: boolean): string {
  if (shown === undefined) return '<div></div>'
  const { source, name, label, same, sound } = shown
  const kind = ['exhibit', first ? 'first' : '', same === undefined ? '' : same ? 'same' : 'other']
    .filter(Boolean)
    .join(' ')
  const words = [
    name === undefined
      ? ''
      : `<span class="name" title="${escapeMarkup(name)}">${escapeMarkup(shortName(name))}</span>`,
    label === undefined ? '' : `<span class="label">${escapeMarkup(label)}</span>`,
  ].join('')
  const played =
    sound === undefined
      ? ''
      : `<audio controls controlslist="nodownload noplaybackrate" preload="none" src="${escapeMarkup(sound)}"></audio>`
  const seen = source === undefined ? '' : `<img alt="${escapeMarkup(name ?? '')}" src="${escapeMarkup(source)}">`
  return `<figure class="${kind}">${seen}${played}${words === '' ? '' : `<figcaption>${words}</figcaption>`}</figure>`
}
