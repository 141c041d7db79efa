import { join, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { RunConfig } from '../assembly/config.js'
import type { PictureSet } from '../data/index.js'
import { readingOf } from '../data/reading.js'
import { interruptible } from '../engine/node/interruptible.js'
import { LacunaError } from '../errors.js'
import type { Method } from '../methods/method.js'
import { type PretrainOptions, pretrain, type Run } from '../pretrain.js'
import { progressLine } from '../report/text-lines.js'
import { verdictText } from '../report/verdict/verdict.js'
import { isRun, readConfig } from '../runs/config.js'
import { checkSettings, shown } from '../settings/check.js'
import { flagOf, placeOf, rowsOf, valueAt } from '../settings/rows.js'
import { dataSettings, trainingSettings } from '../settings/table.js'
import type { DataSettings } from '../settings/types.js'
import { checkUsage } from '../training/arguments.js'
import type { LoopProgress } from '../training/task.js'
import { listen } from './interruption.js'
import { open, openFor } from './options.js'
import { learnerOf } from './plugins.js'
import { typedData, typedTraining } from './settings.js'
import { type Output, terminal } from './terminal.js'

/** What was typed beside the settings. */
export interface PretrainCommandOptions {
  readonly out: string
  readonly seeds?: number
  readonly report?: boolean
  readonly resume?: boolean
  readonly json?: boolean
}

/** Trains one run or, with --seeds, several, and says what came of them. */
export async function runPretrain(word: string, data: string, options: PretrainCommandOptions): Promise<void> {
  const output = terminal(options.json === true)
  const { asked: stop } = listen()
  const training = typedTraining(options)
  checkSettings(trainingSettings, training)
  const first = options.seeds === undefined ? options.out : join(options.out, 'seed-0')
  const goesOn = options.resume === true && isRun(resolve(first))
  const { method, settings } = await learnerOf(word, training, goesOn ? readConfig(first).encoder : undefined)
  const planned = runsOf(options, settings)
  for (const own of planned) checkUsage(method, own)
  const asked = typedData(options)
  const before = options.resume ? await resumedConfig(options, asked) : undefined
  const pictures = await (before ? openFor(before, data, options, output) : open(data, asked, training, output))
  try {
    const runs: Run[] = []
    for (const own of planned) if (!stop.aborted) runs.push(await trainOne(method, pictures, own, output))
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
    if (stop.aborted) process.exitCode = 130
  } finally {
    pictures.close()
  }
}

/** One for each seed; one that was not begun before is begun, also when resuming. */
function runsOf(
  { seeds, out, resume, report }: PretrainCommandOptions,
  settings: Omit<PretrainOptions, 'out'>,
): PretrainOptions[] {
  const options = { ...settings, out, resume, report }
  if (seeds === undefined) return [options]
  return Array.from({ length: seeds }, (_, seed) => {
    const own = join(out, `seed-${seed}`)
    return { ...options, out: own, seed, resume: resume && isRun(resolve(own)) }
  })
}

/** A signal ends the training, which saves; its page is given up at the next one, or when it is all that was left to do. */
async function trainOne(method: Method, pictures: PictureSet, options: PretrainOptions, output: Output): Promise<Run> {
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
      ...options,
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
async function resumedConfig({ out, seeds }: PretrainCommandOptions, asked: DataSettings): Promise<RunConfig> {
  const config = readConfig(seeds === undefined ? out : join(out, 'seed-0'))
  checkSettings(dataSettings, asked)
  const read = { ...asked, ...(await readingOf(asked)) }
  for (const [name, row] of rowsOf(dataSettings)) {
    const before = valueAt(config, placeOf(name, row))
    if (row.kept === 'always' && asked[name] !== undefined && !isDeepStrictEqual(read[name], before))
      throw new LacunaError(
        `${out}: the run was started with another ${flagOf(row)} (${shown(before)}); leave ${flagOf(row)} away to go on with it`,
        2,
      )
  }
  return config
}
