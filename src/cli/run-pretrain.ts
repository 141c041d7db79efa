import { join, resolve } from 'node:path'
import type { RunConfig } from '../assembly/config.js'
import type { PictureSet } from '../data/index.js'
import { readingOf } from '../data/reading.js'
import { interruptible } from '../engine/node/interruptible.js'
import { LacunaError } from '../errors.js'
import { type PretrainOptions, pretrain, type Run } from '../pretrain.js'
import { progressLine } from '../report/text-lines.js'
import { verdictText } from '../report/verdict/verdict.js'
import { isRun, readConfig } from '../runs/config.js'
import { checkUsage } from '../training/arguments.js'
import type { LoopProgress } from '../training/loop.js'
import { listen } from './interruption.js'
import { type DataOptions, open, openFor } from './options.js'
import { type Output, terminal } from './terminal.js'

export interface PretrainCommandOptions
  extends DataOptions,
    Omit<PretrainOptions, 'learningRate' | 'options' | 'signal' | 'onProgress' | 'onStage'> {
  readonly seeds?: number
  readonly lr?: number
  readonly set?: Record<string, unknown>
  readonly json?: boolean
}

/** Trains one run or, with --seeds, several, and says what came of them. */
export async function runPretrain(method: string, data: string, options: PretrainCommandOptions): Promise<void> {
  const output = terminal(options.json === true)
  const { asked } = listen()
  const before = options.resume ? await resumedConfig(options) : undefined
  const planned = runsOf(options)
  for (const own of planned) checkUsage(method, trainingOptions(own))
  const pictures = await (before ? openFor(before, data, options, output) : open(data, options, output))
  try {
    const runs: Run[] = []
    for (const own of planned) if (!asked.aborted) runs.push(await trainOne(method, pictures, own, output))
    const results = runs.map(({ directory, config, step, interrupted, chance, verdict, report }) => ({
      directory,
      step,
      steps: config.steps,
      interrupted,
      chance,
      verdict,
      report,
      skipped: pictures.skipped,
      notes: pictures.notes,
    }))
    output.result(options.seeds === undefined ? results[0] : results, results.map(summaryOf).join('\n'))
    if (asked.aborted) process.exitCode = 130
  } finally {
    pictures.close()
  }
}

/** One for each seed; one that was not begun before is begun, also when resuming. */
function runsOf({ seeds, ...options }: PretrainCommandOptions): PretrainCommandOptions[] {
  if (seeds === undefined) return [options]
  return Array.from({ length: seeds }, (_, seed) => {
    const out = join(options.out, `seed-${seed}`)
    return { ...options, out, seed, ...(options.resume && { resume: isRun(resolve(out)) }) }
  })
}

/** As the library calls them. */
const trainingOptions = ({ lr, set, ...options }: PretrainCommandOptions): PretrainOptions => ({
  ...options,
  learningRate: lr,
  options: set,
})

/** A signal ends the training, which saves; its page is given up at the next one, or when it is all that was left to do. */
async function trainOne(
  method: string,
  pictures: PictureSet,
  options: PretrainCommandOptions,
  output: Output,
): Promise<Run> {
  const { asked, onSignal } = listen()
  const hurry = new AbortController()
  let training = true
  onSignal(count => {
    if (count > 1 || !training) hurry.abort(asked.reason)
    else output.note('Stopping: this step is finished, then the run is saved.')
  })
  let last: LoopProgress | undefined
  const run = await interruptible(hurry.signal, () =>
    pretrain(method, pictures, {
      ...trainingOptions(options),
      signal: asked,
      onNote: output.note,
      onStage: stage => {
        training = false
        output.progress(stage)
      },
      onProgress: progress => {
        last = progress
        output.progress(progressLine(progress))
      },
    }),
  )
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

/** A resumed run reads its pictures as it did before. @throws LacunaError (wrong usage) when it is asked to do otherwise */
async function resumedConfig({
  out,
  seeds,
  size,
  channels,
  fit,
  background,
  range,
}: PretrainCommandOptions): Promise<RunConfig> {
  const directory = seeds === undefined ? out : join(out, 'seed-0')
  const config = readConfig(directory)
  const asked = await readingOf({ fit, background })
  const before = config.reading
  const given: readonly (readonly [string, unknown, unknown, unknown])[] = [
    ['--size', size, size, config.size],
    ['--channels', channels, channels, config.channels],
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
  return config
}
