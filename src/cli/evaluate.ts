import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { LacunaError } from '../errors.js'
import type { AcrossEvaluation } from '../evaluation/across/evaluate.js'
import type { Evaluation } from '../evaluation/evaluate.js'
import type { FrameEvaluation } from '../evaluation/frames/evaluate.js'
import { checkWritable, writeFileAtomic } from '../files.js'
import type { PlaceOptions } from '../nn/vectors.js'
import type { openRuns } from '../runs/run.js'
import { closeAll, type Opened, openAll } from './open-to-evaluate.js'
import {
  amounts,
  type DeviceOptions,
  dataOptions,
  deviceOptions,
  jsonOption,
  number,
  placeOptions,
  pluginOption,
  wholeNumber,
  withOptions,
} from './options.js'
import { type Output, terminal } from './terminal.js'

interface Options extends DeviceOptions, PlaceOptions {
  readonly seeds?: number
  readonly labels?: (number | 'all')[]
  readonly labelled?: number
  readonly k?: number
  readonly temperature?: number
  readonly label?: string
  readonly testData?: string
  readonly alignment?: string
  readonly frames?: number
  readonly layers?: boolean
  readonly play?: boolean
  readonly plugin?: readonly string[]
  readonly json?: boolean
}

/** An option that is typed twice, as if its values had been typed once, with a comma. */
const several = (value: string, before?: string): string => (before === undefined ? value : `${before},${value}`)

export const evaluateCommand = (): Command =>
  withOptions(new Command('evaluate'), [
    new Option(
      '--seeds <n>',
      'random encoders and draws of labels for one run (default: 3); several runs count as they are',
    ).argParser(wholeNumber(1)),
    new Option(
      '--labels <list>',
      'labels per class of the probes, such as 10,100,all (default: 10 and 100 where there are as many, and all where there are at most 5,000)',
    ).argParser(amounts),
    new Option(
      '--labelled <n>',
      'labelled pictures or recordings to learn from at most, drawn once for all (default: all)',
    ).argParser(wholeNumber(1)),
    new Option('--k <n>', 'neighbours that vote (default: 20)').argParser(wholeNumber(1)),
    new Option('--temperature <T>', 'of the votes (default: 0.07)').argParser(number),
    new Option(
      '--test-data <folder>',
      'test on all of these, such as another corpus, and learn from all of the data but its test part',
    ),
    new Option(
      '--play',
      'recordings can be heard in the report, their beginnings (default: where there are at most 1,000)',
    ),
    new Option('--layers', 'probe every layer of the encoder too'),
    new Option(
      '--alignment <place>',
      'of recordings: a folder of .lab or .TextGrid files, or a table (file, start, end, label) (default: beside the recordings)',
    ),
    new Option(
      '--frames <n>',
      'frames to learn from, and to be told, where there are alignments (default: 10000)',
    ).argParser(wholeNumber(2)),
    ...placeOptions(),
    pluginOption(),
    ...dataOptions().map(option => (option.attributeName() === 'label' ? option.argParser(several) : option)),
    ...deviceOptions(),
    jsonOption(),
  ])
    .description(
      'kNN and linear probe beside the same encoder at random initialisation, raw pixels and colours alone, or log-mel and MFCC; where there are alignments frame by frame, and ABX',
    )
    .argument('<run>', 'a run, or a folder of runs that differ in their seed')
    .argument('<data>', 'labelled pictures or recordings; their train and test parts, or one fifth for the test')
    .addHelpText(
      'after',
      '\nExamples:\n  lacuna evaluate runs/photos labelled-photos --labels 10,all\n  lacuna evaluate runs/speech recordings --label speaker,language\n\nWrites evaluation.json, of aligned recordings frames.json, of runs that compare channels across.json, and report.html into the run, in place of those of an earlier evaluation.',
    )
    .action(async (folder: string, data: string, options: Options) => {
      const output = terminal(options.json === true)
      const { placeOf } = await import('../assembly/programs.js')
      const { writeRunReport } = await import('../report/run.js')
      const { verdictText } = await import('../report/verdict/verdict.js')
      const { loadPlugins } = await import('./plugins.js')
      const { openRuns } = await import('../runs/run.js')
      const runs = openRuns(folder, await loadPlugins(options.plugin))
      const [first] = runs
      placeOf(first.assembly(), options)
      checkWritable(join(folder, 'evaluation.json'))
      const opened = await openAll(runs, data, options, output)
      const [{ set }] = opened
      try {
        const { document, text, ...found } = await evaluated(runs, opened, folder, options, output)
        output.result(document, text)
        output.progress('writing the report')
        const { device, threads, play } = options
        const report = await writeRunReport(first, set, { ...found, directory: folder, device, threads, play })
        output.note(`${verdictText(report.verdict)}\nLook at it: ${report.file}`)
      } finally {
        closeAll(opened)
      }
    })

interface Found {
  readonly document: object
  readonly text: string
  readonly evaluation?: Evaluation
  readonly frames?: FrameEvaluation
  readonly across?: AcrossEvaluation
}

/** What an evaluation leaves in a folder, whichever of it the data has. */
const FILES = ['evaluation.json', 'frames.json', 'across.json'] as const

/** Vectors by their labels, and frames by their alignments: whichever there are. Each is written when it is known. */
async function evaluated(
  runs: ReturnType<typeof openRuns>,
  opened: readonly [Opened, ...Opened[]],
  folder: string,
  options: Options,
  output: Output,
): Promise<Found> {
  const { alignmentsOf } = await import('../evaluation/alignment/index.js')
  const { channelsHeld, comparesChannels, evaluateAcross } = await import('../evaluation/across/evaluate.js')
  const { evaluate } = await import('../evaluation/evaluate.js')
  const { evaluateFrames } = await import('../evaluation/frames/evaluate.js')
  const { evaluationText } = await import('../report/text-lines.js')
  const { acrossText } = await import('../report/across-lines.js')
  const { framesText } = await import('../report/sound-lines.js')
  const [{ set }] = opened
  const onProgress = (stage: string) => output.progress(stage)
  const alignments = alignmentsOf(set, options.alignment)
  const aligned = alignments.byPosition.size > 0
  const notes = [...set.notes, ...(aligned ? [] : alignments.notes)] // with frames they are told with those
  if (!aligned) for (const note of alignments.notes) output.note(note)
  const told = { data: { skipped: set.skipped, notes } }
  let begun = false
  const write = (name: (typeof FILES)[number], document: object) => {
    writeFileAtomic(join(folder, name), `${JSON.stringify({ ...document, ...told }, undefined, 2)}\n`)
    // the page takes what lies there as one: what is left of another question goes
    if (!begun) for (const other of FILES) if (other !== name) rmSync(join(folder, other), { force: true })
    begun = true
  }
  if (options.alignment !== undefined && !aligned)
    throw new LacunaError(`--alignment ${options.alignment}: no recording of ${set.source} is in it`, 2)
  const compared = comparesChannels(runs)
  const { frames: most, ...rest } = options
  const telling = opened.filter(({ set }) => set.classes.length > 1)
  const otherwise = aligned || (compared && channelsHeld(runs, set).length > 1)
  const scored = telling.length > 0 || otherwise ? telling : opened
  for (const { set } of opened.filter(one => !scored.includes(one) && one.set.label !== undefined)) {
    const alike = `${set.label}: one for all (${set.classes.join()}), so there is nothing to tell apart by it.`
    notes.push(alike)
    output.note(alike)
  }
  const found: Evaluation[] = []
  for (const { set, test } of scored) found.push(await evaluate(runs, set, { ...rest, test, onProgress }))
  const [own, ...further] = found
  const evaluation = own && { ...own, ...(further.length > 0 && { further }) }
  if (evaluation) write('evaluation.json', evaluation)
  const frames = aligned
    ? await evaluateFrames(runs, set, alignments, { ...rest, frames: most, onProgress })
    : undefined
  if (frames) write('frames.json', frames)
  const across = compared ? await evaluateAcross(runs, set, { ...rest, test: opened[0].test, onProgress }) : undefined
  if (across) write('across.json', across)
  const text = [
    evaluation && evaluationText(evaluation),
    frames && framesText(frames),
    across && acrossText(across),
  ].filter(Boolean)
  return {
    document: { ...evaluation, ...(frames && { frames }), ...(across && { across }), ...told },
    text: text.join('\n\n'),
    ...(evaluation && { evaluation }),
    ...(frames && { frames }),
    ...(across && { across }),
  }
}
