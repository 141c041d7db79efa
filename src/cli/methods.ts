import { Command } from 'commander'
import { jsonOption } from './options.js'

export const methodsCommand = (): Command =>
  new Command('methods')
    .description('what each method shows, hides and reads')
    .argument('[method]', 'its options and their defaults')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  lacuna methods simclr')
    .action(async (name: string | undefined, { json }: { json?: boolean }) => {
      const { runMethods } = await import('./run-methods.js')
      runMethods(name, json === true)
    })
