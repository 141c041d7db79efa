import { Command, Option } from 'commander'
import { LacunaError } from '../errors.js'
import { checkWritable } from '../files.js'
import type { PlaceOptions } from '../nn/vectors.js'
import {
  type DeviceOptions,
  dataOptions,
  deviceOptions,
  jsonOption,
  openFor,
  placeOptions,
  pluginOption,
  wholeNumber,
  withOptions,
} from './options.js'
import { terminal } from './terminal.js'

interface Options extends DeviceOptions, PlaceOptions {
  readonly out: string
  readonly batch?: number
  readonly plugin?: readonly string[]
  readonly json?: boolean
}

export const embedCommand = (): Command =>
  withOptions(new Command('embed'), [
    new Option('--batch <n>', 'pictures at once (default: 128)').argParser(wholeNumber(1)),
    ...placeOptions(),
    pluginOption(),
    ...dataOptions(),
    ...deviceOptions(),
    jsonOption(),
  ])
    .description('one vector for each picture')
    .argument('<run>', 'a trained run')
    .argument('<data>', 'pictures')
    .requiredOption(
      '--out <file>',
      '.parquet (name, label, split, group, embedding) or .npy (float32 [N, width]; the names of its rows in .names.jsonl)',
    )
    .addHelpText('after', '\nExample:\n  lacuna embed runs/photos photos --out photos.parquet')
    .action(async (folder: string, data: string, options: Options) => {
      const output = terminal(options.json === true)
      const { placeOf } = await import('../assembly/programs.js')
      const { openEncoder } = await import('../evaluation/encoder.js')
      const { writeEmbeddings } = await import('../formats/embeddings.js')
      const { loadPlugins } = await import('./plugins.js')
      const { openRun } = await import('../runs/run.js')
      const { out } = options
      if (!/[^/\\]\.(npy|parquet)$/.test(out))
        throw new LacunaError(`${out}: the name of the file must end in .npy or .parquet`, 2)
      checkWritable(out)
      const run = openRun(folder, await loadPlugins(options.plugin))
      placeOf(run.assembly(), options)
      const pictures = await openFor(run.config, data, options, output)
      const encoder = await openEncoder(run, options)
      try {
        const { values, count, width } = await encoder.embed(pictures, share =>
          output.progress(`embedding: ${(100 * share).toFixed(0)} %`),
        )
        const [file, names] = writeEmbeddings(out, pictures.items, values)
        const { skipped, notes } = pictures
        output.result(
          { file, names, pictures: count, width, ...encoder.place, skipped, notes },
          [
            `${file}: ${count} vectors of ${width} numbers`,
            ...(names === undefined ? [] : [`${names}: the picture of each row, in the same order`]),
          ].join('\n'),
        )
      } finally {
        await encoder.close()
        pictures.close()
      }
    })
