import type { MetricsLine } from '../../training/metrics.js'
import { lineChart } from '../chart.js'
import type { RunReport } from '../report.js'
import { figure, section } from './markup.js'

export const curve = ({ metrics }: RunReport): string =>
  section(
    'Training',
    ...chartsOf(metrics).map(({ title, caption, svg }) => figure(title, caption, `<div class="scroll">${svg}</div>`)),
  )

/** The loss beside chance, and how often the guess was right where the method counts it; none of a single line. */
export function chartsOf(metrics: readonly MetricsLine[]): { title: string; caption: string; svg: string }[] {
  if (metrics.length < 2) return []
  const points = (of: (line: MetricsLine) => number) => metrics.map(line => [line.step, of(line)] as const)
  const smooth = Math.max(1, Math.round(metrics.length / 40))
  const chance = metrics[0]?.chance ?? Number.NaN
  const loss = lineChart({
    xLabel: 'step',
    yLabel: 'loss',
    series: [{ label: 'loss', points: points(line => line.loss) }],
    reference: { value: chance, label: 'a network that knows nothing' },
    smooth,
  })
  const charts = [{ title: 'Loss', caption: 'Below the dashed line the network knows something.', svg: loss }]
  if (metrics[0]?.accuracy === undefined) return charts
  const accuracy = lineChart({
    xLabel: 'step',
    yLabel: 'guessed right, %',
    series: [{ label: 'accuracy', points: points(line => 100 * (line.accuracy ?? Number.NaN)) }],
    smooth,
  })
  return [
    ...charts,
    { title: 'Accuracy of the guess', caption: 'How often the network is right about what was hidden.', svg: accuracy },
  ]
}
