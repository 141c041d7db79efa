import type { RunReport } from '../report.js'
import { escapeMarkup } from '../text.js'
import { note, section } from './markup.js'

export const repeat = ({ command, notRepeated = '' }: RunReport): string =>
  section('Repeat it', `<pre><code>${escapeMarkup(command)}</code></pre>`, note(notRepeated))
