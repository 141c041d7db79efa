import { pageStyle } from './page-style.js'
import { escapeMarkup } from './text.js'

export interface Measurement {
  /** A fraction. */
  readonly mean: number
  /** Standard deviation over seeds or folds. */
  readonly sd?: number
}

export interface EvaluationTable {
  readonly columns: readonly string[]
  readonly rows: readonly { readonly name: string; readonly values: readonly Measurement[] }[]
  readonly note?: string
}

/** Everything the page of a run shows. All text is plain text; `svg` is trusted markup, as the charts here return it. */
export interface RunReport {
  /** For example `SimCLR on emoji`. */
  readonly title: string
  /** What was done, in a line. */
  readonly subtitle: string
  readonly method: { readonly name: string; readonly shown: string; readonly hidden: string; readonly paper: string }
  readonly facts: readonly { readonly label: string; readonly value: string }[]
  readonly evaluation?: EvaluationTable
  readonly pictures: readonly { readonly title: string; readonly caption: string; readonly png: Uint8Array }[]
  readonly charts: readonly { readonly title: string; readonly caption: string; readonly svg: string }[]
  /** How to repeat the run. */
  readonly command: string
}

/**
 * The page of a run as one HTML file that needs nothing beside it: no script, no network, pictures inside. It is light
 * or dark as the reader's system is, and fit for a phone and for paper.
 */
export function reportPage(report: RunReport): string {
  const { title, subtitle, method, facts, evaluation, pictures, charts, command } = report
  const parts = [
    `<header><h1>${escapeMarkup(title)}</h1><p class="subtitle">${escapeMarkup(subtitle)}</p>${factList(facts)}</header>`,
    section('The task', task(method)),
    evaluation ? section('What the encoder learned', evaluationTable(evaluation)) : '',
    charts.length > 0 ? section('Training', charts.map(chartFigure).join('\n')) : '',
    pictures.length > 0 ? section('Pictures', pictures.map(pictureFigure).join('\n')) : '',
    section('Repeat it', `<pre><code>${escapeMarkup(command)}</code></pre>`),
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeMarkup(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
${parts.filter(part => part !== '').join('\n')}
</main>
</body>
</html>
`
}

function section(heading: string, content: string): string {
  return `<section><h2>${heading}</h2>\n${content}</section>`
}

function factList(facts: RunReport['facts']): string {
  if (facts.length === 0) return ''
  const items = facts.map(
    ({ label, value }) => `<div><dt>${escapeMarkup(label)}</dt><dd>${escapeMarkup(value)}</dd></div>`,
  )
  return `<dl class="facts">${items.join('')}</dl>`
}

function task({ name, shown, hidden, paper }: RunReport['method']): string {
  return `<dl class="task"><div><dt>Shown</dt><dd>${escapeMarkup(shown)}</dd></div><div class="hidden"><dt>Hidden, to be predicted</dt><dd>${escapeMarkup(hidden)}</dd></div></dl>
<p class="paper">${escapeMarkup(name)}: ${escapeMarkup(paper)}</p>`
}

function evaluationTable({ columns, rows, note }: EvaluationTable): string {
  const head = columns.map(column => `<th scope="col">${escapeMarkup(column)}</th>`).join('')
  const table = columns.map((_, column) => columnCells(rows.map(row => row.values[column])))
  const body = rows.map(({ name }, row) => {
    const cells = table.map(column => `<td>${column[row]}</td>`).join('')
    return `<tr><th scope="row">${escapeMarkup(name)}</th>${cells}</tr>`
  })
  return `<div class="scroll"><table><thead><tr><th></th>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>
<p class="note">Per cent; the best of each column is bold.${note ? ` ${escapeMarkup(note)}` : ''}</p>`
}

/** One column: its best in bold, and its numbers one below the other, with a deviation or without. */
function columnCells(values: readonly (Measurement | undefined)[]): string[] {
  const best = Math.max(...values.map(rounded))
  const deviates = values.some(value => Number.isFinite(value?.sd))
  return values.map(value => {
    const mean = value && Number.isFinite(value.mean) ? percent(value.mean) : '–'
    const sd = value?.sd !== undefined && Number.isFinite(value.sd) ? `± ${percent(value.sd)}` : ''
    const shown = mean !== '–' && rounded(value) === best ? `<b>${mean}</b>` : mean
    return deviates ? `${shown} <span class="sd">${sd}</span>` : shown
  })
}

/** What is compared is what is printed, so that equal numbers are both bold. */
function rounded(value: Measurement | undefined): number {
  return value && Number.isFinite(value.mean) ? Number(percent(value.mean)) : -Infinity
}

function percent(fraction: number): string {
  return (fraction * 100).toFixed(1)
}

function chartFigure({ title, caption, svg }: RunReport['charts'][number]): string {
  return `<figure><h3>${escapeMarkup(title)}</h3><figcaption>${escapeMarkup(caption)}</figcaption><div class="scroll">${svg}</div></figure>`
}

function pictureFigure({ title, caption, png }: RunReport['pictures'][number]): string {
  const { width, height } = pngSize(png)
  const source = `data:image/png;base64,${Buffer.from(png).toString('base64')}`
  const size = `width="${width}" height="${height}" style="--natural:${width}px"`
  return `<figure><h3>${escapeMarkup(title)}</h3><figcaption>${escapeMarkup(caption)}</figcaption><div class="picture scroll"><img ${size} alt="${escapeMarkup(title)}" src="${source}"></div></figure>`
}

/** Width and height stand in the first chunk of every PNG, so that the page does not jump while it loads. */
function pngSize(png: Uint8Array): { width: number; height: number } {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  return { width: view.getUint32(16), height: view.getUint32(20) }
}
