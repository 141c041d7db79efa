import { figure, table, withSpread } from './page-table.js'
import type { ProductsRecord } from './records.js'
import { median, ratios } from './statistics.js'

/** What products in int8 win in a whole step. */
export function productsSection({ threads, cases }: ProductsRecord): string {
  const rows = cases.map(({ title, fp32, int8, probed }) => [
    title,
    figure(1000 * median(fp32)),
    figure(1000 * median(int8)),
    withSpread(ratios(fp32, int8)),
    probed === 0 ? 'wrong here' : figure(probed),
  ])
  return `## Products in int8

Whole steps with \`--products fp32\` and \`--products int8\`, one after the other in one process, on ${threads === 1 ? 'one thread' : `${threads} threads`}: milliseconds that the processor spends, medians, and how many times as many in fp32, step by step, with the least and the most. Of encoders of sound a step is as above, of all others that of SimCLR or CLIP with augmentation. The last column is what one product wins that is tried when a run begins.

${table(['', 'fp32, ms', 'int8, ms', 'ratio', 'one product'], rows)}`
}
