import { basename, join } from 'node:path'
import { type PictureSet, shuffled } from '../data/index.js'
import { openEncoder } from '../evaluation/encoder.js'
import { contenders, type Evaluation } from '../evaluation/evaluate.js'
import { l2Normalised } from '../evaluation/features.js'
import { writeFileAtomic } from '../files.js'
import { methodNamed } from '../methods/index.js'
import { variablesOf } from '../nn/module.js'
import { variableOf } from '../program/trace.js'
import { sizeOf } from '../tensor/shape.js'
import { type RunConfig, readConfig } from '../training/config.js'
import { type MetricsLine, readMetrics } from '../training/metrics.js'
import { previewRun } from '../training/preview.js'
import { assemble } from '../training/programs.js'
import { lineChart } from './chart.js'
import { commandOf } from './command.js'
import { type RunReport, reportPage } from './page.js'
import { previewSheet } from './preview.js'
import { svgToPng } from './raster.js'
import { pictureSheet } from './sheet.js'

export interface RunReportOptions {
  readonly evaluation?: Evaluation
  /** Where report.html and samples/ go; the run itself unless told */
  readonly directory?: string
  /** How to repeat it, shown in the report */
  readonly command?: string
}

const VIEWS = 6
const QUERIES = 8
const NEIGHBOURS = 7

/**
 * Writes what can be looked at: `samples/views.png`, `samples/curve.png`, `samples/neighbours.png` and `report.html`.
 *
 * @param run folder of a run with a checkpoint
 * @param pictures opened as the run's were
 */
export async function writeRunReport(run: string, pictures: PictureSet, options: RunReportOptions = {}): Promise<void> {
  const config = readConfig(run)
  const method = methodNamed(config.method)
  const metrics = readMetrics(run)
  const { directory = run, evaluation } = options
  const views = await previewSheet(undefined, await previewRun(run, pictures, VIEWS))
  const neighbours = await neighbourSheet(run, pictures)
  const charts = chartsOf(metrics)
  const [curve] = charts
  const save = (name: string, png: Uint8Array) => writeFileAtomic(join(directory, 'samples', name), png)
  save('views.png', views)
  save('neighbours.png', neighbours)
  if (curve) save('curve.png', await svgToPng(curve.svg))
  const report: RunReport = {
    title: `${method.name} on ${config.data.pictures} pictures`,
    subtitle: `Shown: ${method.shown}. Hidden: ${method.hidden}.`,
    method,
    facts: factsOf(config, metrics),
    ...(evaluation && { evaluation: tableOf(evaluation) }),
    pictures: [
      {
        title: 'What is shown and what is hidden',
        caption: 'Pictures as stored, and what the method makes of them.',
        png: views,
      },
      {
        title: 'Nearest neighbours',
        caption:
          'For pictures drawn at random: the pictures whose vectors point most nearly the same way, of other groups.',
        png: neighbours,
      },
    ],
    charts,
    command: options.command ?? commandOf(config),
  }
  writeFileAtomic(join(directory, 'report.html'), reportPage(report))
}

function factsOf(config: RunConfig, metrics: readonly MetricsLine[]): RunReport['facts'] {
  const { learner } = assemble(config)
  const last = metrics.at(-1)
  const trained = [...variablesOf(learner.modules.encoder).values()].filter(t => variableOf(t).role !== 'statistic')
  const parameters = trained.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  return [
    { label: 'encoder', value: config.encoder },
    { label: 'parameters', value: parameters.toLocaleString('en') },
    { label: 'pictures', value: `${config.data.pictures.toLocaleString('en')} of ${config.size} px` },
    { label: 'steps', value: `${config.steps.toLocaleString('en')} of ${config.batch}` },
    { label: 'epochs', value: (last?.epoch ?? 0).toFixed(1) },
    { label: 'minutes', value: ((last?.seconds ?? 0) / 60).toFixed(1) },
    { label: 'data', value: basename(config.data.source) },
  ]
}

function tableOf(e: Evaluation): RunReport['evaluation'] {
  const columns = [
    { title: `kNN (k = ${e.k})`, of: e.knns },
    ...e.probes.map(p => ({
      title: p.labelsPerClass === 'all' ? 'linear probe, all labels' : `linear probe, ${p.labelsPerClass} a class`,
      of: p,
    })),
  ]
  const names = { trained: 'trained', random: 'random init', raw: 'raw pixels' }
  return {
    columns: columns.map(({ title }) => title),
    rows: contenders.map(c => ({
      name: names[c],
      values: columns.map(({ of }) => ({ mean: of.mean[c], ...(of.sd[c] > 0 && { sd: of.sd[c] }) })),
    })),
    note: [
      `${e.tested} test pictures of ${e.classes} classes; chance ${(100 * e.chance).toFixed(1)} %, commonest class ${(100 * e.majority).toFixed(1)} %; mean ± sd over ${e.seeds} seeds.`,
      ...e.notes,
      ...e.health.alarms,
    ].join(' '),
  }
}

function chartsOf(metrics: readonly MetricsLine[]): RunReport['charts'] {
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

/** Pictures drawn at random, each with those whose vectors have the largest cosine with its own; one of each group. */
async function neighbourSheet(run: string, pictures: PictureSet): Promise<Uint8Array> {
  const encoder = await openEncoder(run)
  try {
    const some = pictures.subset(shuffled(pictures.items.length, 0, 1).slice(0, MOST_COMPARED))
    const { values, width } = l2Normalised(await encoder.embed(some))
    const row = (i: number) => values.subarray(i * width, (i + 1) * width)
    const { size, channels, items } = some
    const picture = (position: number) => ({ width: size, height: size, channels, data: some.gather([position]) })
    const rows = Array.from({ length: Math.min(QUERIES, items.length) }, (_, query) => {
      const near = items.map((_, i) => ({ i, cosine: dot(row(query), row(i)) })).sort((a, b) => b.cosine - a.cosine)
      const seen = new Set([items[query]?.group])
      const chosen = near.filter(({ i }) => {
        const { group } = items[i] ?? {}
        if (seen.has(group)) return false
        seen.add(group)
        return true
      })
      return { pictures: [query, ...chosen.slice(0, NEIGHBOURS).map(({ i }) => i)].map(picture) }
    })
    return pictureSheet({ columns: ['picture', 'nearest', ...Array<string>(NEIGHBOURS - 1).fill('')], rows })
  } finally {
    await encoder.close()
  }
}

const MOST_COMPARED = 5000

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0)
