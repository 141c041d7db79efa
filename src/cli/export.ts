import { Command, Option } from 'commander'
import type { ExportOptions } from '../evaluation/export.js'
import { waveTypes } from '../evaluation/wave-types.js'
import { clipNamings } from '../nn/clip-names.js'
import { jsonOption, placeOptions, pluginOption, withOptions } from './options.js'
import { terminal } from './terminal.js'

interface Options extends ExportOptions {
  readonly out: string
  readonly plugin?: readonly string[]
  readonly json?: boolean
}

export const exportCommand = (): Command =>
  withOptions(new Command('export'), [
    ...placeOptions(),
    new Option(
      '--names <whose>',
      'whose names the weights of both sides have, of pictures and texts (default: transformers)',
    ).choices(clipNamings),
    new Option(
      '--wave <type>',
      'numbers that encoder.onnx takes of recordings, float32 in [−1, 1) or as files of 16 bits have them (default: float32)',
    ).choices(waveTypes),
    pluginOption(),
    jsonOption(),
  ])
    .description(
      'encoder.onnx with its normalisation inside, safetensors, a card with recipes in Python and TypeScript',
    )
    .argument('<run>', 'a trained run')
    .requiredOption('--out <folder>', 'where to write: empty, new, or an earlier export')
    .addHelpText(
      'after',
      '\nExamples:\n  lacuna export runs/photos --out encoders/photos\n  lacuna export runs/speech --out encoders/speech',
    )
    .action(async (folder: string, { out, json, plugin, ...options }: Options) => {
      const output = terminal(json === true)
      const { exportEncoder } = await import('../evaluation/export.js')
      const { loadPlugins } = await import('./plugins.js')
      const { openRun } = await import('../runs/run.js')
      output.progress('exporting')
      const exported = await exportEncoder(openRun(folder, await loadPlugins(plugin)), out, options)
      const { directory, files, takes, width, difference, largest } = exported
      output.result(
        exported,
        `${directory}: ${files.join(', ')}\n${takes} in, ${width} numbers out; differs from the training graph by at most ${difference.toExponential(1)}, in vectors of up to ${largest.toPrecision(3)}`,
      )
    })
