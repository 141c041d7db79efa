import { mean } from '#lacuna/evaluation/statistics.js'
import { lineChart } from '#lacuna/report/chart.js'
import { element, svgDrawing } from '#lacuna/report/svg.js'
import { headingOf } from '../scripts/experiments.js'
import { productsPairs } from '../scripts/products-experiments.js'
import { figuresOf, type SeedFigure } from '../scripts/products-figures.js'
import { type ResultRecord, readRecord } from '../scripts/records.js'
import { table } from './page-table.js'

/** One training in both: its records. */
export interface ProductsPair {
  readonly title: string
  readonly fp32: ResultRecord
  readonly int8: ResultRecord
}

/** Those that have been measured in both, by `npm run results`. */
export const measuredPairs = (): ProductsPair[] =>
  productsPairs.flatMap(({ fp32, int8 }) => {
    const [plain, fewer] = [readRecord(fp32.name), readRecord(int8.name)]
    return plain && fewer ? [{ title: headingOf(fp32), fp32: plain, int8: fewer }] : []
  })

/** What products in int8 do to what is learnt. `chart` is where {@link accuracyChart} lies, as seen from the page. */
export function accuracySection(pairs: readonly ProductsPair[], chart: string): string {
  const rows = pairs.flatMap(({ title, fp32, int8 }) => {
    const { encoder, steps, batch } = fp32.run
    const others = figuresOf(int8)
    return figuresOf(fp32).map((one, i) => [
      i === 0 ? `${title}: ${encoder}, ${steps} × ${batch}` : '',
      ...rowOf(one, others[i]?.seeds ?? []),
    ])
  })
  return `### What is learnt with products in int8

The same trainings with \`--products fp32\` and \`--products int8\`, by \`npm run results\`: mean over the seeds, scores in per cent (balanced accuracy, R@10), and of the difference each seed's own.

${table(['', '', 'fp32', 'int8', 'difference, seed by seed'], rows)}

![Loss and norm of the gradient of the first seed, in fp32 and in int8](${chart})`
}

function rowOf({ title, share, seeds }: SeedFigure, others: readonly number[]): string[] {
  const shown = (value: number) => (share ? (100 * value).toFixed(1) : value.toPrecision(3))
  const differences = seeds.map((seed, i) => (others[i] ?? Number.NaN) - seed)
  const signed = (value: number) => `${value < 0 ? '−' : '+'}${shown(Math.abs(value))}`
  return [
    title,
    shown(mean(seeds)),
    shown(mean(others)),
    `${signed(mean(differences))} (${differences.map(signed).join(', ')})`,
  ]
}

const WIDTH = 400
const MARGIN = 10
const HEIGHT = 220

/** Loss and norm of the gradient over the steps, first seeds: a row a training, one SVG. */
export function accuracyChart(pairs: readonly ProductsPair[]): string {
  const drawn = pairs.flatMap(({ title, fp32, int8 }, row) =>
    (['loss', 'gradientNorm'] as const).map((of, column) => {
      const series = [fp32, int8].map(({ curve }, i) => ({
        label: i === 0 ? 'fp32' : 'int8',
        points: curve.steps.map((step, at) => [step, curve[of]?.[at] ?? Number.NaN] as const),
      }))
      const yLabel = of === 'loss' ? 'loss' : 'norm of the gradient'
      const chart = lineChart({ title, xLabel: 'step', yLabel, series, width: WIDTH, height: HEIGHT })
      return chart.replace(
        '<svg ',
        `<svg x="${MARGIN + column * (WIDTH + 2 * MARGIN)}" y="${MARGIN + row * (HEIGHT + MARGIN)}" `,
      )
    }),
  )
  const [width, height] = [2 * (WIDTH + 2 * MARGIN), MARGIN + pairs.length * (HEIGHT + MARGIN)]
  const ground = element('rect', { width, height, fill: '#fff' })
  return svgDrawing(width, height, 'Loss and norm of the gradient in fp32 and int8', [ground, ...drawn])
}
