import type { RunReport } from '../report.js'
import { escapeMarkup } from '../text.js'
import { section } from './markup.js'

export const repeat = ({ command }: RunReport): string =>
  section('Repeat it', `<pre><code>${escapeMarkup(command)}</code></pre>`)
