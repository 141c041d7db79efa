import { Command, Option } from 'commander'
import { jsonOption, pluginOption, wholeNumber } from './options.js'
import type { EncodersOptions } from './run-encoders.js'

export const encodersCommand = (): Command =>
  new Command('encoders')
    .description('the encoders there are: numbers in a vector, parameters, layers, and what weights they take')
    .argument('[name]', 'one of them, with its suffixes')
    .addOption(new Option('--size <px>', 'for pictures of that size').argParser(wholeNumber(1)).default(64))
    .addOption(new Option('--channels <n>', '3, or 1 for grey').argParser(wholeNumber(1)).default(3))
    .addOption(pluginOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  lacuna encoders resnet18-gn --size 96')
    .action(async (name: string | undefined, options: EncodersOptions) => {
      const { runEncoders } = await import('./run-encoders.js')
      await runEncoders(name, options)
    })
