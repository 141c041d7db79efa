import { join } from 'node:path'
import { placeOf } from '../assembly/programs.js'
import { seenAs } from '../channels/bound.js'
import type { Channel } from '../channels/channel.js'
import type { SampleSet } from '../data/index.js'
import { media, wordsIn } from '../data/media.js'
import { LacunaError } from '../errors.js'
import type { AcrossEvaluation } from '../evaluation/across/evaluate.js'
import type { EmbedderOptions } from '../evaluation/encoder.js'
import { columnsIn, type Evaluation } from '../evaluation/evaluate.js'
import type { FrameEvaluation } from '../evaluation/frames/evaluate.js'
import { gainOf } from '../evaluation/gain.js'
import { mediumIn } from '../evaluation/labelled.js'
import { pretext as measure, type Pretext } from '../evaluation/pretext.js'
import { writeFileAtomic } from '../files.js'
import type { Place } from '../nn/vectors.js'
import type { DeviceName } from '../program/devices.js'
import { type OpenedRun, runOf } from '../runs/run.js'
import { previewRun } from '../training/preview.js'
import { storedCell } from './cells.js'
import { commandOf, notRepeated } from './command.js'
import { factsOf } from './facts.js'
import { healthOf, type Look, lookThrough, mapOf, neighboursIn } from './look.js'
import { reportPage } from './page.js'
import { previewSheet, viewsOf } from './preview.js'
import { svgToPng } from './raster.js'
import { readAcross, readEvaluation, readFrames, readPretext } from './results.js'
import { scatter } from './scatter.js'
import { chartsOf } from './sections/curve.js'
import { pictureSheet } from './sheet.js'
import { MOST_HEARD, soundsFor } from './sound.js'
import { type Verdict, verdictOf } from './verdict/verdict.js'
import { worded } from './words.js'

export interface RunReportOptions {
  /** What the encoder is worth; `evaluation.json` of the folder unless told */
  readonly evaluation?: Evaluation
  /** What its frames tell, of recordings with alignments; `frames.json` of the folder unless told */
  readonly frames?: FrameEvaluation
  /** What its channels tell of one another; `across.json` of the folder unless told */
  readonly across?: AcrossEvaluation
  /** How well the task is done; `pretext.json` of the run unless told, and else measured on a few pictures */
  readonly pretext?: Pretext
  /** Where report.html and samples/ go; the run itself unless told */
  readonly directory?: string
  /** Whether recordings can be played in the page: unless told those of sets of up to 1,000, the beginning of each, as long as 8 MB last */
  readonly play?: boolean
  /** How to repeat it, shown in the report */
  readonly command?: string
  readonly device?: DeviceName
  readonly threads?: number
}

export interface WrittenReport {
  /** Path of the page */
  readonly file: string
  readonly verdict: Verdict
}

const VIEWS = 6
/** For the vectors of pictures, and again for the task: a report is quick beside a training */
const SECONDS = 4

/**
 * Writes what can be looked at: `report.html`, `verdict.json`, and under `samples/` the pictures of the page for use
 * elsewhere. It reads the run and some of the pictures, and takes a few seconds.
 *
 * @param from a run with a checkpoint, or its folder
 * @param pictures opened as the run's were; labels serve to colour and to count
 * @throws LacunaError when there is no checkpoint, the pictures have another size, or the folder cannot be written or is taken away
 */
export async function writeRunReport(
  from: string | OpenedRun,
  pictures: SampleSet,
  options: RunReportOptions = {},
): Promise<WrittenReport> {
  const run = runOf('writeRunReport', from)
  const { config, method } = run
  const { step } = run.checkpoint()
  const metrics = run.metrics(step)
  const { directory = run.directory } = options
  const evaluation = options.evaluation ?? readEvaluation(directory, step)
  const frames = options.frames ?? readFrames(directory, step)
  const across = options.across ?? readAcross(directory, step)
  const machine = { device: options.device, threads: options.threads }
  // pictures that are looked at through an encoder may lack what its training has read
  const whole = holdsAll(run, pictures)
  const measured = options.pretext ?? readPretext(run.directory, step)
  const pretext = measured ?? (whole ? await measuredBriefly(run, pictures, machine) : undefined)
  const preview = whole ? await previewRun(run, pictures, VIEWS) : undefined
  const look = await lookThrough(run, pictures, SECONDS, { ...machine, ...evaluation?.place })
  const medium = mediumIn(pictures)
  const sounds = soundsFor(options.play ?? pictures.items.length <= MOST_HEARD)
  const views = preview && (await viewsOf(preview, medium, sounds))
  const [health, neighbours, map] = [await healthOf(look), await neighboursIn(look, sounds), await mapOf(look)]
  const found = { pretext, evaluation: evaluation && bestTold(evaluation), across }
  const verdict = verdictOf({ method: method.name, medium, metrics, steps: config.steps, health, ...found })
  const ofVectors =
    verdict.state === 'collapsed' ? [] : [...(health?.alarms ?? []), ...(evaluation?.health.alarms ?? [])]
  const alarms = [...ofVectors, ...(pretext?.alarms ?? [])]

  const save = (name: string, content: string | Uint8Array) => {
    if (!run.hasCheckpoint())
      throw new LacunaError(`${run.directory}: was moved or removed while its report was written`)
    writeFileAtomic(join(directory, name), content)
  }
  if (preview) save('samples/views.png', await previewSheet(undefined, preview))
  save('samples/neighbours.png', await neighbourSheet(look, neighbours.hoods))
  save('samples/map.png', await svgToPng(scatter(map)))
  const [curve] = chartsOf(metrics, medium)
  if (curve) save('samples/curve.png', await svgToPng(curve.svg))
  save('verdict.json', `${JSON.stringify(verdict, undefined, 2)}\n`)
  const page = reportPage({
    title: `${method.name} on ${config.data.records.toLocaleString('en')} ${nounOf(run)}`,
    subtitle: `Shown: ${method.shown}. Hidden: ${method.hidden}.`,
    verdict,
    medium,
    alarms: [...new Set(alarms.map(alarm => worded(alarm, medium)))].filter(alarm => !verdict.text.includes(alarm)),
    notes: [...pictures.notes, ...skippedNote(pictures), ...placeNote(run, evaluation?.place)],
    method,
    facts: factsOf(run, step, metrics),
    metrics,
    evaluation,
    frames,
    across,
    pretext,
    views,
    neighbours: neighbours.gallery,
    map,
    health,
    command: options.command ?? commandOf(run),
    notRepeated: notRepeated(config, metrics),
  })
  save('report.html', page)
  return { file: join(directory, 'report.html'), verdict }
}

/** Whether a set has all channels that a run reads. */
const holdsAll = (run: OpenedRun, { channels }: SampleSet): boolean =>
  Object.values<Channel>(run.assembly().channels).every(({ kind }) =>
    Object.values<Channel>(channels).some(own => seenAs(kind, own).kind === kind),
  )

/** The task on a few pictures; none where there are too few for it. */
async function measuredBriefly(
  run: OpenedRun,
  pictures: SampleSet,
  machine: EmbedderOptions,
): Promise<Pretext | undefined> {
  return pictures.items.length < 2 ? undefined : measure(run, pictures, { ...machine, seconds: SECONDS })
}

/** What the verdict is by: the first column of labels by which something was gained, where there is one. */
const bestTold = (evaluation: Evaluation): Evaluation =>
  columnsIn(evaluation).find(column => !gainOf(column).none) ?? evaluation

/** What was trained on */
const nounOf = ({ config }: OpenedRun): string => wordsIn(config.channels).many

function skippedNote({ skipped: [first, ...others] }: SampleSet): string[] {
  if (first === undefined) return []
  const more = others.length === 0 ? '' : `, and ${others.length} more`
  return [`Left out, because they could not be read: ${first.name} (${first.reason})${more}.`]
}

/** Where vectors are not those that the run gives without being asked for others. */
function placeNote(run: OpenedRun, place: Place | undefined): string[] {
  const usual = placeOf(run.assembly())
  if (place === undefined || (place.layer === usual.layer && place.pool === usual.pool)) return []
  return [`The vectors are those of layer ${place.layer}, pooled by ${place.pool}, as they were evaluated.`]
}

function neighbourSheet(
  { some }: Look,
  hoods: readonly { query: number; near: readonly number[] }[],
): Promise<Uint8Array> {
  return pictureSheet({
    columns: [
      media[mediumIn(some)].one,
      'nearest',
      ...Array<string>(Math.max(0, (hoods[0]?.near.length ?? 0) - 1)).fill(''),
    ],
    rows: hoods.map(({ query, near }) => ({ pictures: [query, ...near].map(i => storedCell(some, i).picture) })),
  })
}
