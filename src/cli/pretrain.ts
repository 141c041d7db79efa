import { join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import type { PictureSet } from '../data/index.js'
import { readingOf } from '../data/reading.js'
import { LacunaError } from '../errors.js'
import { methodsInChunks } from '../methods/index.js'
import { type PretrainOptions, pretrain, type Run } from '../pretrain.js'
import { progressLine } from '../report/text-lines.js'
import { verdictText } from '../report/verdict/verdict.js'
import { isRun, readConfig } from '../training/config.js'
import type { LoopProgress } from '../training/loop.js'
import { checkedSaveEvery } from '../training/saving.js'
import {
  type DataOptions,
  dataOptions,
  deviceOptions,
  jsonOption,
  number,
  open,
  readAs,
  readingOptions,
  setting,
  wholeNumber,
  withOptions,
} from './options.js'
import { type Output, terminal, untilInterrupted } from './terminal.js'

interface Options
  extends DataOptions,
    Omit<PretrainOptions, 'learningRate' | 'options' | 'signal' | 'onProgress' | 'onStage'> {
  readonly seeds?: number
  readonly lr?: number
  readonly set?: Record<string, unknown>
  readonly json?: boolean
}

export const pretrainCommand = (): Command =>
  withOptions(new Command('pretrain'), [
    new Option('--encoder <name>', 'architecture: c4, resnet18, vit-mini, … (default: see `lacuna methods <method>`)'),
    new Option('--size <px>', 'height and width of the pictures (default: 32; IDX files as they are)').argParser(
      wholeNumber(4),
    ),
    new Option('--channels <n>', '1 for grey, 3 for colour (default: 3; IDX files 1)').argParser(wholeNumber(1)),
    new Option('--epochs <n>', 'passes over the pictures (default: 20)').argParser(number),
    new Option('--steps <n>', 'steps, instead of epochs').argParser(wholeNumber(1)).conflicts('epochs'),
    new Option('--batch <n>', 'pictures in a step').argParser(wholeNumber(1)),
    new Option(
      '--chunk <n>',
      `pictures in memory at a time, for large batches of methods that compare embeddings (${methodsInChunks.join(', ')}); batch norm sees a chunk at a time (default: the batch)`,
    ).argParser(wholeNumber(1)),
    new Option('--seed <n>', 'of all that is random (default: 0)').argParser(wholeNumber(0)),
    new Option('--seeds <n>', 'trains n runs with seeds 0 … n − 1 into folders below --out')
      .argParser(wholeNumber(1))
      .conflicts('seed'),
    new Option('--optimiser <name>', 'default: what the method is best with').choices(['adamw', 'sgd', 'lars']),
    new Option('--lr <rate>', 'learning rate for a batch of 256, in proportion for others').argParser(number),
    new Option('--weight-decay <rate>', 'of weights; biases and gains do not decay').argParser(number),
    new Option('--warmup <share>', 'share of the steps over which the rate rises (default: 0.05)').argParser(number),
    new Option('--clip <norm>', 'scale gradients down to this common length (default: not at all)').argParser(number),
    new Option(
      '--checkpoint-activations',
      'compute the activations inside blocks again instead of keeping them: less memory, more time, the same weights',
    ),
    new Option('--weights <file>', 'safetensors of torchvision, timm or Lacuna that the encoder starts from'),
    new Option('--set <key=value>', 'an option of the method, such as temperature=0.2; may be repeated').argParser(
      setting,
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
    .action(run)

async function run(method: string, data: string, options: Options): Promise<void> {
  const output = terminal(options.json === true)
  await untilInterrupted(async signal => {
    const before = options.resume ? await resumedData(options) : {}
    const pictures = await open(data, { ...options, ...before }, output, signal)
    try {
      const runs: Run[] = []
      const seeds = options.seeds ?? 1
      for (let i = 0; i < seeds && !signal.aborted; i++) {
        const out = options.seeds === undefined ? options.out : join(options.out, `seed-${i}`)
        const own = { ...options, out, seed: options.seeds === undefined ? options.seed : i }
        if (options.resume && isRun(out) === false) own.resume = false
        runs.push(await trainOne(method, pictures, own, output, signal))
      }
      const results = runs.map(({ directory, config, step, interrupted, chance, verdict, report }) => ({
        directory,
        step,
        steps: config.steps,
        interrupted,
        chance,
        verdict,
        report,
      }))
      output.result(options.seeds === undefined ? results[0] : results, results.map(summaryOf).join('\n'))
      if (results.some(({ interrupted }) => interrupted)) process.exitCode = 130
    } finally {
      pictures.close()
    }
  })
}

async function trainOne(
  method: string,
  pictures: PictureSet,
  { lr, set, ...options }: Options,
  output: Output,
  signal: AbortSignal,
): Promise<Run> {
  let last: LoopProgress | undefined
  const run = await pretrain(method, pictures, {
    ...options,
    learningRate: lr,
    options: set,
    signal,
    onNote: output.note,
    onStage: output.progress,
    onProgress: progress => {
      last = progress
      output.progress(progressLine(progress))
    },
  })
  if (last !== undefined) output.note(progressLine(last))
  return run
}

function summaryOf({
  directory,
  step,
  steps,
  interrupted,
  verdict,
  report,
}: Pick<Run, 'directory' | 'step' | 'interrupted' | 'verdict' | 'report'> & { readonly steps: number }): string {
  const taken = interrupted ? `Stopped and saved after ${step} of ${steps} steps` : `${steps} steps`
  const lines = [
    `${taken}: ${directory}`,
    verdictText(verdict),
    ...(report === undefined ? [] : [`Look at it: ${report}`]),
  ]
  if (interrupted && verdict.state !== 'stopped') lines.push('Go on with the same command and --resume.')
  return lines.join('\n')
}

/** A resumed run reads its pictures as it did before. */
async function resumedData({ out, size, channels, fit, background, range }: Options): Promise<DataOptions> {
  const directory = isRun(resolve(out)) ? out : join(out, 'seed-0')
  const config = readConfig(directory)
  const asked = await readingOf({ fit, background })
  const before = config.reading
  const given: readonly (readonly [string, unknown, unknown, unknown])[] = [
    ['--size', size, size, config.size],
    ['--fit', fit, asked.fit, before.fit],
    ['--background', background, asked.background, before.background],
    ['--range', range, range && JSON.stringify(range), JSON.stringify(before.range)],
  ]
  for (const [flag, wanted, now, then] of given)
    if (wanted !== undefined && now !== then)
      throw new LacunaError(
        `${out}: the run was started with another ${flag} (${then}); leave ${flag} away to go on with it`,
        2,
      )
  return { ...readAs(config), channels: channels ?? config.channels }
}
