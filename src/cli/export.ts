import { Command } from 'commander'
import { jsonOption } from './options.js'
import { terminal } from './terminal.js'

export const exportCommand = (): Command =>
  new Command('export')
    .description('encoder.onnx with its preprocessing inside, safetensors, a card')
    .argument('<run>', 'a trained run')
    .requiredOption('--out <folder>', 'where to write')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  lacuna export runs/photos --out encoders/photos')
    .action(async (run: string, { out, json }: { out: string; json?: boolean }) => {
      const output = terminal(json === true)
      const { exportEncoder } = await import('../evaluation/export.js')
      output.progress('exporting')
      const exported = await exportEncoder(run, out)
      const { directory, files, width, difference } = exported
      output.result(
        exported,
        `${directory}: ${files.join(', ')}\nuint8 pictures in, ${width} numbers out; differs from the training graph by at most ${difference.toExponential(1)}`,
      )
    })
