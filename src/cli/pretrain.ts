import { Command, Option } from 'commander'
import { checkedSaveEvery } from '../training/saving.js'
import {
  dataOptions,
  deviceOptions,
  jsonOption,
  learnerOptions,
  number,
  readingOptions,
  wholeNumber,
  withOptions,
} from './options.js'
import type { PretrainCommandOptions } from './run-pretrain.js'

export const pretrainCommand = (): Command =>
  withOptions(new Command('pretrain'), [
    ...learnerOptions(),
    new Option('--epochs <n>', 'passes over the pictures (default: 20)').argParser(number),
    new Option('--steps <n>', 'steps, instead of epochs').argParser(wholeNumber(1)).conflicts('epochs'),
    new Option(
      '--batch <n>',
      'pictures in a step (default: see `lacuna methods <method>`; fewer where there are fewer pictures)',
    ).argParser(wholeNumber(1)),
    new Option(
      '--chunk <n>',
      'pictures in memory at a time, for large batches; the weights move as with the whole batch, but for batch norm, which sees a chunk at a time (default: the batch)',
    ).argParser(wholeNumber(1)),
    new Option('--seed <n>', 'of all that is random (default: 0)').argParser(wholeNumber(0)),
    new Option('--seeds <n>', 'trains n runs with seeds 0 … n − 1 into folders below --out')
      .argParser(wholeNumber(1))
      .conflicts('seed'),
    new Option('--optimiser <name>', 'what takes the steps (default: see `lacuna methods <method>`)').choices([
      'adamw',
      'sgd',
      'lars',
    ]),
    new Option(
      '--lr <rate>',
      'learning rate for a batch of 256, in proportion for others (default: see `lacuna methods <method>`)',
    ).argParser(number),
    new Option(
      '--weight-decay <rate>',
      'of weights; biases and gains do not decay (default: see `lacuna methods <method>`)',
    ).argParser(number),
    new Option('--warmup <share>', 'share of the steps over which the rate rises (default: 0.05)').argParser(number),
    new Option('--clip <norm>', 'scale gradients down to this common length (default: not at all)').argParser(number),
    new Option(
      '--checkpoint-activations',
      'compute the activations inside blocks again instead of keeping them: less memory, more time, the same weights',
    ),
    new Option(
      '--weights <path>',
      'what the encoder starts from: safetensors of torchvision or timm, a run, or an export',
    ),
    new Option('--no-report', 'leave report.html out, and what it takes: some seconds'),
    new Option(
      '--save-every <steps|minutes>',
      'when checkpoints are written, such as 500 or 5min (default: after 5 s, then ever more seldom, up to every 2 min); the last two are kept',
    ).argParser(checkedSaveEvery),
    new Option('--resume', 'go on from the checkpoint in --out'),
    ...readingOptions(),
    ...dataOptions(),
    ...deviceOptions(),
    jsonOption(),
  ])
    .description('train an encoder on pictures, without labels')
    .argument('<method>', 'see `lacuna methods`')
    .argument('<data>', 'folder of pictures, Hugging Face imagefolder, or IDX files')
    .requiredOption('--out <folder>', 'the run: configuration, metrics, checkpoint')
    .addHelpText(
      'after',
      '\nExample:\n  lacuna pretrain simclr photos --size 64 --encoder resnet18 --epochs 50 --out runs/photos\n\nCtrl-C saves and ends (exit code 130); go on with --resume.',
    )
    .action(async (method: string, data: string, options: PretrainCommandOptions) => {
      const { runPretrain } = await import('./run-pretrain.js')
      await runPretrain(method, data, options)
    })
