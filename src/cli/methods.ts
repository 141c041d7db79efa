import { Command } from 'commander'
import { jsonOption, pluginOption } from './options.js'

export const methodsCommand = (): Command =>
  new Command('methods')
    .description('what each method shows, hides and reads')
    .argument('[method]', 'its options and their defaults')
    .addOption(pluginOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  lacuna methods simclr')
    .action(async (name: string | undefined, { json, plugin }: { json?: boolean; plugin?: readonly string[] }) => {
      const { runMethods } = await import('./run-methods.js')
      await runMethods(name, json === true, plugin)
    })
