import { join } from 'node:path'
import { Command, Option } from 'commander'
import { checkWritable, writeFileAtomic } from '../files.js'
import type { PlaceOptions } from '../nn/vectors.js'
import {
  amounts,
  type DeviceOptions,
  dataOptions,
  deviceOptions,
  jsonOption,
  number,
  openFor,
  placeOptions,
  pluginOption,
  wholeNumber,
  withOptions,
} from './options.js'
import { terminal } from './terminal.js'

interface Options extends DeviceOptions, PlaceOptions {
  readonly seeds?: number
  readonly labels?: (number | 'all')[]
  readonly labelled?: number
  readonly k?: number
  readonly temperature?: number
  readonly plugin?: readonly string[]
  readonly json?: boolean
}

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
      'labelled pictures to learn from at most, drawn once for all (default: all)',
    ).argParser(wholeNumber(1)),
    new Option('--k <n>', 'neighbours that vote (default: 20)').argParser(wholeNumber(1)),
    new Option('--temperature <T>', 'of the votes (default: 0.07)').argParser(number),
    ...placeOptions(),
    pluginOption(),
    ...dataOptions(),
    ...deviceOptions(),
    jsonOption(),
  ])
    .description('kNN and linear probe beside the same encoder at random initialisation and raw pixels')
    .argument('<run>', 'a run, or a folder of runs that differ in their seed')
    .argument('<data>', 'labelled pictures; their train and test parts, or one fifth for the test')
    .addHelpText(
      'after',
      '\nExample:\n  lacuna evaluate runs/photos labelled-photos --labels 10,all\n\nWrites evaluation.json and report.html into the run.',
    )
    .action(async (folder: string, data: string, options: Options) => {
      const output = terminal(options.json === true)
      const { placeOf } = await import('../assembly/programs.js')
      const { evaluate } = await import('../evaluation/evaluate.js')
      const { writeRunReport } = await import('../report/run.js')
      const { evaluationText } = await import('../report/text-lines.js')
      const { verdictText } = await import('../report/verdict/verdict.js')
      const { loadPlugins } = await import('./plugins.js')
      const { openRuns } = await import('../runs/run.js')
      const runs = openRuns(folder, await loadPlugins(options.plugin))
      const [first] = runs
      placeOf(first.assembly(), options)
      const file = join(folder, 'evaluation.json')
      checkWritable(file)
      const pictures = await openFor(first.config, data, options, output)
      try {
        const evaluation = await evaluate(runs, pictures, { ...options, onProgress: stage => output.progress(stage) })
        const { skipped, notes } = pictures
        const document = { ...evaluation, data: { skipped, notes } }
        output.result(document, evaluationText(evaluation)) // first: what was computed is not lost with a full disk
        writeFileAtomic(file, `${JSON.stringify(document, undefined, 2)}\n`)
        output.progress('writing the report')
        const { file: page, verdict } = await writeRunReport(first, pictures, {
          evaluation,
          directory: folder,
          device: options.device,
          threads: options.threads,
        })
        output.note(`${verdictText(verdict)}\nLook at it: ${page}`)
      } finally {
        pictures.close()
      }
    })
