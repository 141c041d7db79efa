import { table } from './page-table.js'
import type { ProfileRecord } from './records.js'

const SHOWN = 8

/** The operators that take the most time, as shares of the sum. */
export function profileSection({ cases }: ProfileRecord): string {
  const rows = cases.map(({ title, operators }) => {
    const total = operators.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
    const share = (milliseconds: number) => `${((100 * milliseconds) / total).toFixed(0)} %`
    const first = operators.slice(0, SHOWN)
    const rest = operators.slice(SHOWN).reduce((sum, { milliseconds }) => sum + milliseconds, 0)
    const list = first.map(({ name, milliseconds }) => `${name} ${share(milliseconds)}`)
    return [title, total.toFixed(0), [...list, `others ${share(rest)}`].join(', ')]
  })
  return `## Where the time goes

ONNX Runtime's own profile of a step without augmentation, of encoders of sound as above. Matrix products are MatMul and FusedMatMul; of convolutions, Conv works in blocked layout, tiles are Gather and products, and norms are applied as convolutions of single channels.

${table(['', 'ms', 'operators'], rows)}`
}
