import { Command, Option } from 'commander'
import { trainingSettings } from '../settings/table.js'
import {
  dataOptions,
  deviceOptions,
  jsonOption,
  learnerOptions,
  readingOptions,
  wholeNumber,
  withOptions,
} from './options.js'
import type { PretrainCommandOptions } from './run-pretrain.js'
import { optionOf } from './settings.js'

export const pretrainCommand = (): Command =>
  withOptions(new Command('pretrain'), [
    new Option(
      '--out <folder>',
      'the run: configuration, metrics, checkpoint (needed, but with --config: default there: a new folder beside the file)',
    ),
    new Option(
      '--config <file>',
      'settings from a file: the config.json of a run, which repeats it, or one by hand; method, data and options beside it have the last word',
    ),
    ...learnerOptions(),
    optionOf(trainingSettings.epochs),
    optionOf(trainingSettings.steps).conflicts('epochs'),
    optionOf(trainingSettings.batch),
    optionOf(trainingSettings.chunk),
    optionOf(trainingSettings.batchAlike),
    optionOf(trainingSettings.seed),
    new Option('--seeds <n>', 'trains n runs with seeds 0 … n − 1 into folders below --out')
      .argParser(wholeNumber(1))
      .conflicts('seed'),
    optionOf(trainingSettings.optimiser),
    optionOf(trainingSettings.learningRate),
    optionOf(trainingSettings.weightDecay),
    optionOf(trainingSettings.warmup),
    optionOf(trainingSettings.clip),
    optionOf(trainingSettings.checkpointActivations),
    optionOf(trainingSettings.products),
    optionOf(trainingSettings.weights),
    optionOf(trainingSettings.tokenizer),
    new Option('--no-report', 'leave report.html out, and what it takes: some seconds'),
    optionOf(trainingSettings.saveEvery),
    new Option('--resume', 'go on from the checkpoint in --out'),
    ...readingOptions(),
    ...dataOptions(),
    ...deviceOptions(),
    jsonOption(),
  ])
    .description('train an encoder on pictures or recordings, without labels')
    .argument('[method]', 'see `lacuna methods`')
    .argument('[data]', 'folder of pictures or recordings, Hugging Face imagefolder or audiofolder, or IDX files')
    .addHelpText(
      'after',
      '\nExample:\n  lacuna pretrain simclr photos --size 64 --encoder resnet18 --epochs 50 --out runs/photos\n  lacuna pretrain --config runs/photos/config.json --seed 1 --out runs/again\n\nCtrl-C saves and ends (exit code 130); go on with --resume.',
    )
    .action(async (method: string | undefined, data: string | undefined, options: PretrainCommandOptions) => {
      const { runPretrain } = await import('./run-pretrain.js')
      await runPretrain(method, data, options)
    })
