import { join } from 'node:path'
import { Command } from 'commander'
import type { Pretext } from '../evaluation/pretext.js'
import { checkWritable, writeFileAtomic } from '../files.js'
import type { OpenedRun } from '../runs/run.js'
import {
  type DeviceOptions,
  dataOptions,
  deviceOptions,
  jsonOption,
  openFor,
  pluginOption,
  withOptions,
} from './options.js'
import { terminal } from './terminal.js'

interface Options extends DeviceOptions {
  readonly plugin?: readonly string[]
  readonly json?: boolean
}

const fileIn = (run: string) => join(run, 'pretext.json')

/** Pictures on the sheet */
const SHOWN = 8

export const pretextCommand = (): Command =>
  withOptions(new Command('pretext'), [...dataOptions(), pluginOption(), ...deviceOptions(), jsonOption()])
    .description('how well a run does its own task on data that it has not seen, beside what needs no learning')
    .argument('<run>', 'a run, or a folder of runs that differ in their seed')
    .argument('<data>', 'pictures; the test part where one is marked. Labels are not needed')
    .addHelpText(
      'after',
      '\nExample:\n  lacuna pretext runs/jigsaw photos\n\nWrites pretext.json, samples/pretext.png and report.html into the run.',
    )
    .action(async (folder: string, data: string, options: Options) => {
      const output = terminal(options.json === true)
      const { heldOut, pretext } = await import('../evaluation/pretext.js')
      const { previewSheet } = await import('../report/preview.js')
      const { writeRunReport } = await import('../report/run.js')
      const { pretextText } = await import('../report/text-lines.js')
      const { loadPlugins } = await import('./plugins.js')
      const { openRuns } = await import('../runs/run.js')
      const { previewRun } = await import('../training/preview.js')
      const runs = openRuns(folder, await loadPlugins(options.plugin))
      const pictures = await openFor(runs[0].config, data, options, output)
      try {
        for (const { directory } of runs) checkWritable(fileIn(directory))
        const { skipped, notes } = pictures
        const documentOf = (result: Pretext) => ({ ...result, data: { skipped, notes } })
        const results: { readonly run: OpenedRun; readonly result: Pretext }[] = []
        for (const run of runs) {
          const { directory } = run
          const stage = (share: number) =>
            output.progress(`measuring the task: ${(100 * share).toFixed(0)} % of ${directory}`)
          stage(0)
          const result = await pretext(run, pictures, { ...options, onProgress: stage })
          results.push({ run, result })
          writeFileAtomic(fileIn(directory), `${JSON.stringify(documentOf(result), undefined, 2)}\n`)
        }
        const measured = results.map(({ result }) => result)
        const documents = measured.map(documentOf)
        // first: what was computed is not lost with what cannot be drawn
        output.result(documents.length === 1 ? documents[0] : documents, measured.map(pretextText).join('\n\n'))
        output.progress('writing the report')
        for (const { run, result } of results) {
          const shown = await previewRun(run, heldOut(pictures).part, SHOWN)
          writeFileAtomic(join(run.directory, 'samples', 'pretext.png'), await previewSheet(undefined, shown))
          const { device, threads } = options
          await writeRunReport(run, pictures, { pretext: result, device, threads })
        }
      } finally {
        pictures.close()
      }
    })
