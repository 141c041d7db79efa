import { table } from './page-table.js'
import type { FormsRecord } from './records.js'
import { spread } from './statistics.js'

const kinds: Readonly<Record<string, string>> = {
  conv: 'forward',
  convInput: 'gradient in the input',
  convWeight: 'gradient in the weight',
}

/** What each form takes, which is chosen, and what is lost by that. */
export function formsSection({ cases }: FormsRecord): string {
  const all = cases.flatMap(({ convolutions }) => convolutions.flatMap(({ forms }) => forms.slice(0, 1)))
  const errors = spread(all.map(({ estimate, milliseconds }) => milliseconds / estimate))
  return `## Forms of convolutions

Milliseconds of each form that can serve, by ONNX Runtime's own profile; the first is the one that the cost model of \`src/program/lowering/cost.ts\` chooses, with its estimate in brackets, which is for a machine of its own: what the chosen forms take is ${errors.median.toFixed(1)} times the estimate, ${errors.least.toFixed(1)} to ${errors.most.toFixed(1)}. Lost is what the fastest form would take less.

${cases.map(caseTable).join('\n\n')}`
}

function caseTable({ title, convolutions }: FormsRecord['cases'][number]): string {
  const rows = convolutions.map(({ what, shape, count, forms }) => {
    const [chosen, ...others] = forms
    const best = Math.min(...forms.map(({ milliseconds }) => milliseconds))
    const lost = (chosen?.milliseconds ?? best) - best
    return { what, shape, count, chosen, others, best, lost }
  })
  const total = (of: (row: (typeof rows)[number]) => number) => rows.reduce((sum, row) => sum + row.count * of(row), 0)
  const share = (100 * total(({ lost }) => lost)) / total(({ best }) => best)
  const lines = rows.map(({ what, shape, count, chosen, others, lost }) => [
    `${shape}, ${kinds[what] ?? what}`,
    `${count}`,
    `${chosen?.name} ${chosen?.milliseconds.toFixed(1)} (${chosen?.estimate.toFixed(1)})`,
    others.map(({ name, milliseconds }) => `${name} ${milliseconds.toFixed(1)}`).join(', '),
    lost.toFixed(1),
  ])
  return `${title}: ${share.toFixed(1)} % lost against the fastest forms of all.

${table(['convolution', 'times', 'chosen', 'others', 'lost'], lines)}`
}
