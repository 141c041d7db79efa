import { mean, sampleDeviation } from '#lacuna/evaluation/statistics.js'
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
    return bothOf({ fp32, int8 }).map((one, i) => [
      i === 0 ? `${title}: ${encoder}, ${steps} × ${batch}` : '',
      ...rowOf(one),
    ])
  })
  return `### What is learnt with products in int8

The same trainings with \`--products fp32\` and \`--products int8\`, by \`npm run results\`: mean over the seeds, scores in per cent (balanced accuracy, R@10), and of the difference each seed's own. Of scores that several trainings have, the difference over all their seeds, and its standard error.

${table(['', '', 'fp32', 'int8', 'difference, seed by seed'], [...rows, ...overAll(pairs)])}

![Loss and norm of the gradient of the first seed, in fp32 and in int8](${chart})`
}

interface Both extends SeedFigure {
  /** In int8 */
  readonly others: readonly number[]
  /** What each is higher by in int8 */
  readonly differences: readonly number[]
}

function bothOf({ fp32, int8 }: Pick<ProductsPair, 'fp32' | 'int8'>): Both[] {
  const fewer = figuresOf(int8)
  return figuresOf(fp32).map((one, i) => {
    const others = fewer[i]?.seeds ?? []
    return { ...one, others, differences: one.seeds.map((seed, at) => (others[at] ?? Number.NaN) - seed) }
  })
}

function rowOf({ title, share, seeds, others, differences }: Both): string[] {
  const shown = share ? inPercent : (value: number) => value.toPrecision(3)
  const own = differences.map(value => signed(value, shown)).join(', ')
  return [title, shown(mean(seeds)), shown(mean(others)), `${signed(mean(differences), shown)} (${own})`]
}

/** Of each score that more than one training has: how far apart fp32 and int8 are over all their seeds. */
function overAll(pairs: readonly ProductsPair[]): string[][] {
  const found = new Map<string, (readonly number[])[]>()
  for (const { title, share, differences } of pairs.flatMap(bothOf))
    if (share) found.set(title, [...(found.get(title) ?? []), differences])
  const several = [...found].filter(([, trainings]) => trainings.length > 1)
  return several.map(([title, trainings], i) => {
    const differences = trainings.flat()
    const error = sampleDeviation(differences) / Math.sqrt(differences.length)
    const told = `${signed(mean(differences), inPercent)} ± ${inPercent(error)} (${differences.length} seeds of ${trainings.length} trainings)`
    return [i === 0 ? 'all of them that have it' : '', title, '', '', told]
  })
}

const inPercent = (share: number): string => (100 * share).toFixed(1)
const signed = (value: number, shown: (value: number) => string): string =>
  `${value < 0 ? '−' : '+'}${shown(Math.abs(value))}`

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
      const [encoder] = fp32.run.encoder.split(':')
      const chart = lineChart({
        title: `${title}, ${encoder}`,
        xLabel: 'step',
        yLabel,
        series,
        width: WIDTH,
        height: HEIGHT,
      })
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
