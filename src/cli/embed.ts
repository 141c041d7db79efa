import { Command, Option } from 'commander'
import { LacunaError } from '../errors.js'
import { openEncoder } from '../evaluation/encoder.js'
import { writeEmbeddingsParquet, writeNpy } from '../formats/index.js'
import { readConfig } from '../training/config.js'
import {
  type DataOptions,
  type DeviceOptions,
  dataOptions,
  deviceOptions,
  jsonOption,
  open,
  wholeNumber,
  withOptions,
} from './options.js'
import { terminal } from './terminal.js'

interface Options extends DataOptions, DeviceOptions {
  readonly out: string
  readonly batch?: number
  readonly json?: boolean
}

export const embedCommand = (): Command =>
  withOptions(new Command('embed'), [
    new Option('--batch <n>', 'pictures at once (default: 128)').argParser(wholeNumber(1)),
    ...dataOptions(),
    ...deviceOptions(),
    jsonOption(),
  ])
    .description('one vector for each picture')
    .argument('<run>', 'a trained run')
    .argument('<data>', 'pictures')
    .requiredOption('--out <file>', '.npy (float32 [N, width]) or .parquet (name, label, embedding)')
    .addHelpText('after', '\nExample:\n  lacuna embed runs/photos photos --out photos.parquet')
    .action(async (run: string, data: string, options: Options) => {
      const output = terminal(options.json === true)
      const { out } = options
      const kind = /\.(npy|parquet)$/.exec(out)?.[1]
      if (kind === undefined) throw new LacunaError(`${out}: the name of the file must end in .npy or .parquet`, 2)
      const { size, channels } = readConfig(run)
      const pictures = await open(data, { ...options, size, channels }, output)
      const encoder = await openEncoder(run, options)
      try {
        const { values, count, width } = await encoder.embed(pictures, share =>
          output.progress(`embedding: ${(100 * share).toFixed(0)} %`),
        )
        const names = pictures.items.map(({ name }) => name)
        if (kind === 'npy') writeNpy(out, values, [count, width])
        else
          writeEmbeddingsParquet(out, {
            names,
            labels: pictures.items.map(({ label }) => label ?? null),
            embeddings: values,
          })
        output.result({ file: out, pictures: count, width }, `${out}: ${count} vectors of ${width} numbers`)
      } finally {
        await encoder.close()
        pictures.close()
      }
    })
