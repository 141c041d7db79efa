import { Command, CommanderError } from 'commander'
import { interruptible } from '../engine/node/interruptible.js'
import { LacunaError } from '../errors.js'
import { version } from '../version.js'
import { cacheCommand } from './cache.js'
import { doctorCommand } from './doctor.js'
import { embedCommand } from './embed.js'
import { encodersCommand } from './encoders.js'
import { evaluateCommand } from './evaluate.js'
import { exportCommand } from './export.js'
import { listen } from './interruption.js'
import { methodsCommand } from './methods.js'
import { pretextCommand } from './pretext.js'
import { pretrainCommand } from './pretrain.js'
import { previewCommand } from './preview.js'
import { whenReadersLeave } from './readers.js'
import { searchCommand } from './search.js'
import { oneLine } from './terminal.js'

const commands = [
  methodsCommand,
  encodersCommand,
  pretrainCommand,
  previewCommand,
  pretextCommand,
  evaluateCommand,
  embedCommand,
  searchCommand,
  exportCommand,
  cacheCommand,
  doctorCommand,
]

/**
 * All commands with their options. A command's file says what its options are; what it works with, it imports when it runs,
 * so that help is there at once.
 */
export function commandLine(): Command {
  const program = new Command('lacuna')
    .description(
      'Learns representations from unlabelled pictures, recordings, films and captioned pictures by hiding a part of each and predicting it.',
    )
    .version(version)
    .addHelpText(
      'after',
      '\nExample:\n  lacuna pretrain simclr photos --out runs/photos\n  lacuna evaluate runs/photos labelled-photos',
    )
  for (const command of commands) program.addCommand(command())
  for (const command of [program, ...program.commands])
    command.exitOverride().showHelpAfterError('(--help shows an example)')
  return program
}

/**
 * Runs the command that was typed.
 *
 * Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
 */
export async function main(): Promise<void> {
  whenReadersLeave()
  // a module that never finishes loading leaves nothing to wait for
  const forgotten = () => {
    process.stderr.write('lacuna: ended before it was done: a module given to it never finishes loading\n')
    process.exit(1)
  }
  process.once('beforeExit', forgotten)
  const { asked } = listen()
  try {
    await interruptible(asked, () => commandLine().parseAsync())
  } catch (error) {
    process.exitCode = report(error, asked)
  } finally {
    process.off('beforeExit', forgotten)
    setTimeout(() => process.exit(), 2000).unref() // what a module has left running would hold the process for ever
  }
}

function report(error: unknown, asked: AbortSignal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof LacunaError) {
    process.stderr.write(`lacuna: ${error.message}\n`)
    return error.exitCode
  }
  if (asked.aborted && error === asked.reason) {
    process.stderr.write('lacuna: interrupted\n')
    return 130
  }
  process.stderr.write(`lacuna: ${oneLine(error)} (unexpected; LACUNA_DEBUG=1 shows where)\n`)
  if (process.env.LACUNA_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  return 1
}
