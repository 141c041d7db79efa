import { Command } from 'commander'
import { jsonOption } from './options.js'

export const doctorCommand = (): Command =>
  new Command('doctor')
    .description('what this machine can run, and what is missing')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  lacuna doctor')
    .action(async ({ json }: { json?: boolean }) => {
      const { runDoctor } = await import('./run-doctor.js')
      await runDoctor(json === true)
    })
