import { pageStyle } from './page-style.js'
import type { RunReport } from './report.js'
import { across } from './sections/across.js'
import { classes } from './sections/classes.js'
import { curve } from './sections/curve.js'
import { frames, layers } from './sections/frames.js'
import { head } from './sections/head.js'
import { health } from './sections/health.js'
import { map } from './sections/map.js'
import { neighbours } from './sections/neighbours.js'
import { repeat } from './sections/repeat.js'
import { scores } from './sections/scores.js'
import { task } from './sections/task.js'
import { escapeMarkup } from './text.js'

/** In the order of the page; each is nothing where the report has nothing for it. */
const sections = [head, across, scores, frames, classes, layers, task, curve, neighbours, map, health, repeat]

/**
 * The page of a run as one HTML file that needs nothing beside it: no script, no network, pictures inside. It is light
 * or dark as the reader's system is, and fit for a phone and for paper.
 */
export function reportPage(report: RunReport): string {
  const parts = sections.map(section => section(report)).filter(part => part !== '')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'">
<title>${escapeMarkup(report.title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
${parts.join('\n')}
</main>
</body>
</html>
`
}
