import { escapeMarkup } from '../text.js'

/** A part of the page; nothing where it has no content. */
export function section(heading: string, ...parts: readonly string[]): string {
  const content = parts.filter(part => part !== '').join('\n')
  return content === '' ? '' : `<section><h2>${escapeMarkup(heading)}</h2>\n${content}</section>`
}

/** What is to be seen above what shows it; `content` is markup. */
export function figure(title: string, caption: string, content: string): string {
  const heading = title === '' ? '' : `<h3>${escapeMarkup(title)}</h3>`
  return `<figure>${heading}<figcaption>${escapeMarkup(caption)}</figcaption>${content}</figure>`
}

export const note = (text: string): string => (text === '' ? '' : `<p class="note">${escapeMarkup(text)}</p>`)

/**
 * Rows of numbers under headings.
 * @param rows the name of each, and its cells as markup
 */
export function table(
  columns: readonly string[],
  rows: readonly { readonly name: string; readonly cells: readonly string[] }[],
): string {
  const head = columns.map(column => `<th scope="col">${escapeMarkup(column)}</th>`).join('')
  const body = rows.map(
    ({ name, cells }) =>
      `<tr><th scope="row">${escapeMarkup(name)}</th>${cells.map(cell => `<td>${cell}</td>`).join('')}</tr>`,
  )
  return `<div class="scroll"><table><thead><tr><th></th>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
}

export const percent = (fraction: number, digits = 1): string =>
  Number.isFinite(fraction) ? (fraction * 100).toFixed(digits) : '–'
