import type { SampleKind } from '../../data/media.js'
import type { MetricsLine } from '../../runs/metrics.js'
import { type LineChart, lineChart } from '../chart.js'
import type { RunReport } from '../report.js'
import type { Point } from '../smooth.js'
import { worded } from '../words.js'
import { figure, section } from './markup.js'

export const curve = ({ metrics, medium }: RunReport): string =>
  section(
    'Training',
    ...chartsOf(metrics, medium).map(({ title, caption, svg, narrow }) =>
      figure(title, caption, `<div class="wide">${svg}</div><div class="narrow">${narrow}</div>`),
    ),
  )

interface Chart {
  readonly title: string
  readonly caption: string
  readonly svg: string
  /** The same for the width of a phone, with letters as large */
  readonly narrow: string
}

const NARROW = { width: 342, height: 250 }

const drawn = (chart: LineChart): Pick<Chart, 'svg' | 'narrow'> => ({
  svg: lineChart(chart),
  narrow: lineChart({ ...chart, ...NARROW }),
})

/** The loss beside chance, and whatever else was counted while it trained; none of a single line. */
export function chartsOf(metrics: readonly MetricsLine[], medium: SampleKind = 'image'): Chart[] {
  if (metrics.length < 2) return []
  const smooth = Math.max(1, Math.round(metrics.length / 40))
  const loss = drawn({
    xLabel: 'step',
    yLabel: 'loss',
    series: [{ label: 'loss', points: pointsOf(metrics, 'loss') }],
    reference: { value: metrics[0]?.chance ?? Number.NaN, label: 'a network that knows nothing' },
    smooth,
  })
  return [
    { title: 'Loss', caption: 'Below the dashed line the network knows something.', ...loss },
    ...other(metrics, 'accuracy', 'Accuracy of the guess', {
      caption: 'How often the network is right about what was hidden.',
      yLabel: 'guessed right, %',
      scale: 100,
      smooth,
    }),
    ...other(metrics, 'neighbours', 'Neighbours of the same class', {
      caption: worded(
        'Of a few hundred pictures, the same every time: how many have as their nearest one of the same label. Labels serve to count, never to train.',
        medium,
      ),
      yLabel: 'nearest of its class, %',
      scale: 100,
      reference: {
        value: 100 * (metrics.at(-1)?.neighboursChance ?? Number.NaN),
        label: worded('pictures at random', medium),
      },
    }),
    ...other(metrics, 'rank', 'Dimensions filled', {
      caption: worded(
        'The effective rank (RankMe) of the vectors of a few hundred pictures, the same every time: it should not fall to 1.',
        medium,
      ),
      yLabel: 'rank',
      reference: { value: 1, label: 'all point one way' },
    }),
  ]
}

/** Two points are a line, and no curve */
const FEWEST = 3

/** The chart of a number that stands in some of the lines; none where it stands in fewer than three. */
function other(
  metrics: readonly MetricsLine[],
  name: string,
  title: string,
  { caption, scale, ...how }: Pick<LineChart, 'yLabel' | 'reference' | 'smooth'> & { caption: string; scale?: number },
): Chart[] {
  const points = pointsOf(metrics, name, scale)
  if (points.length < FEWEST) return []
  return [{ title, caption, ...drawn({ ...how, xLabel: 'step', series: [{ label: title, points }] }) }]
}

const pointsOf = (metrics: readonly MetricsLine[], name: string, scale = 1): Point[] =>
  metrics.flatMap(line => (line[name] === undefined ? [] : [[line.step, scale * line[name]] as const]))
