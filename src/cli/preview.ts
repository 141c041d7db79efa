import { Command, Option } from 'commander'
import { writeFileAtomic } from '../files.js'
import { trainingSettings } from '../settings/table.js'
import { dataOptions, jsonOption, learnerOptions, open, readingOptions, wholeNumber, withOptions } from './options.js'
import { typedData, typedTraining } from './settings.js'
import { terminal } from './terminal.js'

interface Options {
  readonly out: string
  readonly count: number
  readonly seed: number
  readonly json?: boolean
}

export const previewCommand = (): Command =>
  withOptions(new Command('preview'), [
    new Option('--out <file>', 'where to write the sheet').default('preview.png'),
    new Option('--count <n>', 'pictures').default(8).argParser(wholeNumber(1)),
    ...learnerOptions(),
    new Option('--seed <n>', 'of the pictures and of what is drawn').default(0).argParser(wholeNumber(0)),
    ...readingOptions(),
    ...dataOptions(),
    jsonOption(),
  ])
    .description('a sheet of samples: what the network is shown and what is hidden')
    .argument('<method>', 'see `lacuna methods`')
    .argument('<data>', 'pictures or recordings, as the method reads')
    .addHelpText('after', '\nExample:\n  lacuna preview simclr photos --size 64 --out views.png')
    .action(async (name: string, data: string, options: Options) => {
      const output = terminal(options.json === true)
      const { notesOf, previewSheet } = await import('../report/preview.js')
      const { preview } = await import('../training/preview.js')
      const { kindsOf, parseOptions } = await import('../assembly/assemble.js')
      const { checkSettings } = await import('../settings/check.js')
      const { learnerOf } = await import('./plugins.js')
      const training = typedTraining(options)
      checkSettings(trainingSettings, training)
      const { method, settings, plugins } = await learnerOf(name, training)
      parseOptions(method, settings.options ?? {})
      const pictures = await open(
        data,
        kindsOf(method, settings.options),
        typedData(options),
        {},
        output,
        plugins.readers,
      )
      try {
        const notes: string[] = []
        const shown = await preview(method, pictures, {
          encoder: settings.encoder,
          options: settings.options,
          count: options.count,
          seed: options.seed,
          onNote(note) {
            notes.push(note)
            output.note(note)
          },
        })
        writeFileAtomic(
          options.out,
          await previewSheet(`${method.name}: shown ${method.shown}; hidden ${method.hidden}`, shown),
        )
        const facts = notesOf(shown)
        output.result(
          {
            file: options.out,
            pictures: shown.names,
            skipped: pictures.skipped,
            notes: [...pictures.notes, ...notes, ...facts],
          },
          [options.out, ...facts].join('\n'),
        )
      } finally {
        pictures.close()
      }
    })
