import { Command, Option } from 'commander'
import { LacunaError } from '../errors.js'
import type { Hit, Query } from '../evaluation/across/search.js'
import { checkWritable, writeFileAtomic } from '../files.js'
import {
  type DeviceOptions,
  dataOptions,
  deviceOptions,
  jsonOption,
  openFor,
  pluginOption,
  wholeNumber,
  withOptions,
} from './options.js'
import { terminal } from './terminal.js'

interface Options extends DeviceOptions {
  readonly text?: string
  readonly image?: string
  readonly count: number
  readonly out?: string
  readonly plugin?: readonly string[]
  readonly json?: boolean
}

export const searchCommand = (): Command =>
  withOptions(new Command('search'), [
    new Option('--text <words>', 'what is looked for, by a run that has learnt of captions'),
    new Option('--image <file>', 'a picture whose like is looked for'),
    new Option('--count <n>', 'hits').default(12).argParser(wholeNumber(1)),
    new Option('--out <file>', 'a sheet of the hits, as a PNG'),
    pluginOption(),
    ...dataOptions(),
    ...deviceOptions(),
    jsonOption(),
  ])
    .description('the pictures of a folder that are nearest to words, or to a picture')
    .argument('<run>', 'a trained run')
    .argument('<data>', 'pictures')
    .addHelpText(
      'after',
      '\nExamples:\n  lacuna search runs/captioned photos --text "a red car" --out hits.png\n  lacuna search runs/photos photos --image bee.png --json',
    )
    .action(async (folder: string, data: string, options: Options) => {
      const output = terminal(options.json === true)
      const { kindsSeen } = await import('../assembly/programs.js')
      const { search } = await import('../evaluation/across/search.js')
      const { loadPlugins } = await import('./plugins.js')
      const { openRun } = await import('../runs/run.js')
      const query = queryOf(options)
      if (options.out !== undefined) checkWritable(options.out)
      const run = openRun(folder, await loadPlugins(options.plugin))
      const set = await openFor(run.config, data, options, output, kindsSeen(run.assembly()))
      try {
        const onProgress = (share: number) => output.progress(`embedding: ${(100 * share).toFixed(0)} %`)
        const hits = await search(run, set, query, { ...options, onProgress })
        if (options.out !== undefined) {
          const { hitSheet } = await import('../report/hits.js')
          writeFileAtomic(options.out, await hitSheet(set, hits, asked(query)))
        }
        const { skipped, notes } = set
        output.result(
          { query, hits, ...(options.out !== undefined && { file: options.out }), skipped, notes },
          [...hits.map(lineOf), ...(options.out === undefined ? [] : [options.out])].join('\n'),
        )
      } finally {
        set.close()
      }
    })

/** @throws LacunaError (wrong usage) unless one thing is looked for */
function queryOf({ text, image }: Options): Query & ({ readonly text: string } | { readonly image: string }) {
  if (text !== undefined && image === undefined && text.trim() !== '') return { text }
  if (image !== undefined && text === undefined) return { image }
  throw new LacunaError('search: --text with some words, or --image with a file, is expected: one of them', 2)
}

const asked = (query: ReturnType<typeof queryOf>): string =>
  'text' in query ? `“${query.text}”` : `like ${query.image}`

const lineOf = ({ name, cosine }: Hit): string => `${cosine.toFixed(3).padStart(6)}  ${name}`
