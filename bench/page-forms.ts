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
  const all = cases.flatMap(({ convolutions }) =>
    convolutions.flatMap(({ forms }) => forms.filter(inFloat).slice(0, 1)),
  )
  const errors = spread(all.map(({ estimate, milliseconds }) => milliseconds / estimate))
  return `## Forms of convolutions

Milliseconds of each form that can serve, by ONNX Runtime's own profile; the first is the one that the cost model of \`src/program/lowering/cost.ts\` chooses, with its estimate in brackets, which is for a machine of its own: what the chosen forms take is ${errors.median.toFixed(1)} times the estimate, ${errors.least.toFixed(1)} to ${errors.most.toFixed(1)}. Lost is what the fastest form would take less. With \`--products int8\` that form may be chosen too: its time and estimate.

${cases.map(caseTable).join('\n\n')}`
}

type Measured = FormsRecord['cases'][number]
type Form = Measured['convolutions'][number]['forms'][number]

const inFloat = ({ name }: Form): boolean => name !== 'int8'

/** What the first of some forms, the one that is chosen, takes more than the fastest. */
function lostBy(forms: readonly Form[]): { readonly best: number; readonly lost: number } {
  const best = Math.min(...forms.map(({ milliseconds }) => milliseconds))
  return { best, lost: (forms[0]?.milliseconds ?? best) - best }
}

/** In per cent, over all convolutions, of the forms that may be chosen. */
function shareLost(convolutions: Measured['convolutions'], mayBe: (form: Form) => boolean): string {
  const rows = convolutions.map(({ count, forms }) => ({ count, ...lostBy(forms.filter(mayBe)) }))
  const total = (of: (row: (typeof rows)[number]) => number) => rows.reduce((sum, row) => sum + row.count * of(row), 0)
  return ((100 * total(({ lost }) => lost)) / total(({ best }) => best)).toFixed(1)
}

function caseTable({ title, convolutions }: Measured): string {
  const rows = convolutions.map(({ what, shape, count, forms }) => {
    const [chosen, ...others] = forms.filter(inFloat)
    const int8 = forms.find(form => !inFloat(form))
    return { what, shape, count, chosen, others, int8, ...lostBy(forms.filter(inFloat)) }
  })
  const lines = rows.map(({ what, shape, count, chosen, others, int8, lost }) => [
    `${shape}, ${kinds[what] ?? what}`,
    `${count}`,
    `${chosen?.name} ${chosen?.milliseconds.toFixed(1)} (${chosen?.estimate.toFixed(1)})`,
    others.map(({ name, milliseconds }) => `${name} ${milliseconds.toFixed(1)}`).join(', '),
    lost.toFixed(1),
    int8 === undefined ? '' : `${int8.milliseconds.toFixed(1)} (${int8.estimate.toFixed(1)})`,
  ])
  return `${title}: ${shareLost(convolutions, inFloat)} % lost against the fastest forms of all, ${shareLost(convolutions, () => true)} % with \`--products int8\`.

${table(['convolution', 'times', 'chosen', 'others', 'lost', 'int8'], lines)}`
}
