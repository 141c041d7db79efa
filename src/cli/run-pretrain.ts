import { join, parse, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { kindsOf } from '../assembly/assemble.js'
import type { SampleSet } from '../data/index.js'
import { readingOf } from '../data/reading.js'
import { isRunFolder } from '../data/run-folder.js'
import { interruptible } from '../engine/node/interruptible.js'
import { LacunaError } from '../errors.js'
import type { Method } from '../methods/method.js'
import { type PretrainOptions, pretrain, type Run } from '../pretrain.js'
import { progressLine } from '../report/text-lines.js'
import { verdictText } from '../report/verdict/verdict.js'
import { freePlace } from '../runs/claim.js'
import { isRun, readConfig } from '../runs/config.js'
import { isLocked } from '../runs/lock.js'
import { overlaid, readSettings, type Settings, settingsOf } from '../runs/settings.js'
import { checkSettings, shown } from '../settings/check.js'
import { flagOf, rowsOf } from '../settings/rows.js'
import { dataSettings, trainingSettings } from '../settings/table.js'
import type { DataSettings } from '../settings/types.js'
import { checkUsage } from '../training/arguments.js'
import type { LoopProgress } from '../training/task.js'
import { listen } from './interruption.js'
import { open } from './options.js'
import { isPath, learnerOf } from './plugins.js'
import { typedData, typedTraining } from './settings.js'
import { type Output, terminal } from './terminal.js'

/** What was typed beside the settings. */
export interface PretrainCommandOptions {
  readonly out?: string
  readonly config?: string
  readonly seeds?: number
  readonly report?: boolean
  readonly resume?: boolean
  readonly json?: boolean
}

/** Trains one run or, with --seeds, several, and says what came of them. */
export async function runPretrain(
  typedMethod: string | undefined,
  typedSource: string | undefined,
  words: PretrainCommandOptions,
): Promise<void> {
  const output = terminal(words.json === true)
  const { asked: stop } = listen()
  const typed = { source: typedSource, open: typedData(words), train: typedTraining(words) }
  const written = words.config === undefined ? undefined : readSettings(words.config)
  const file = written && withoutCode(written)
  const named =
    typedMethod !== undefined && isPath(typedMethod) ? (await learnerOf(typedMethod, {})).method.name : typedMethod
  const asked = overlaid(file ?? { open: {}, train: {} }, { ...typed, method: named })
  for (const note of leftAway(asked, written, words.config)) output.note(note)
  const { source, train } = asked
  const word = typedMethod ?? asked.method
  if (word === undefined || source === undefined)
    throw new LacunaError(
      `${word === undefined ? 'a method and data are' : 'data is'} expected, as in \`lacuna pretrain ${word ?? 'simclr'} photos --out runs/photos\`, or a --config that names them`,
      2,
    )
  checkSettings(trainingSettings, train)
  const out = words.out ?? placeFor(words, file)
  if (words.seeds !== undefined) refuseRunOfRuns(out, words.seeds)
  const first = words.seeds === undefined ? out : join(out, 'seed-0')
  const goesOn = words.resume === true && isRun(resolve(first))
  const { method, settings, plugins } = await learnerOf(word, train, goesOn ? readConfig(first).encoder : undefined)
  const planned = runsOf({ ...words, out }, settings)
  for (const own of planned) checkUsage(method, own)
  const before = words.resume ? await resumedSettings({ ...words, out }, asked.open) : undefined
  const pictures = await open(
    source,
    kindsOf(method, settings.options),
    { ...before?.open, ...asked.open },
    { ...before?.train, ...train },
    output,
    plugins.readers,
  )
  if (file?.fingerprint !== undefined && pictures.fingerprint !== file.fingerprint)
    output.note(
      `${pictures.source}: not the data that ${words.config} was trained on (other contents, names or splits, or read in another way): this will be another run.`,
    )
  try {
    const runs: Run[] = []
    for (const own of planned) if (!stop.aborted) runs.push(await trainOne(method, pictures, own, output))
    const results = runs.map(({ directory, config, step, interrupted, chance, verdict, report }) => ({
      directory,
      step,
      steps: config.steps,
      products: config.products,
      interrupted,
      chance,
      verdict,
      report,
      skipped: pictures.skipped,
      notes: pictures.notes,
    }))
    output.result(words.seeds === undefined ? results[0] : results, results.map(summaryOf).join('\n'))
    if (stop.aborted) process.exitCode = 130
  } finally {
    pictures.close()
  }
}

/** No code is run because a file names it. */
const withoutCode = ({ method, train: { plugins: _, ...train }, ...rest }: Settings): Settings => ({
  ...rest,
  train,
  ...(method !== undefined && !isPath(method) && { method }),
})

/** What is not taken from a file, and why. */
function leftAway(asked: Settings, written: Settings = { open: {}, train: {} }, file = ''): string[] {
  const { method, train } = written
  const code = [...(method !== undefined && isPath(method) ? [method] : []), ...(train.plugins ?? [])]
  const ofOther = train.options !== undefined && method !== undefined && !isPath(method) && asked.method !== method
  return [
    ...(ofOther && asked.method !== undefined
      ? [`The options in ${file} are those of ${method}: left away for ${asked.method}.`]
      : []),
    ...(code.length > 0 && asked.train.plugins === undefined
      ? [`${file} names ${code.join(', ')}: code is loaded only where it is typed, as in \`--plugin ${code[0]}\`.`]
      : []),
  ]
}

/** Where a run from a file goes that is told no --out: a folder that is not there yet, beside the run or by the name of the file. */
function placeFor({ config, resume }: PretrainCommandOptions, file: Settings | undefined): string {
  if (config === undefined || resume)
    throw new LacunaError(
      `--out is expected, the folder ${resume ? 'of the run to go on with' : 'that the run becomes'}`,
      2,
    )
  const { dir, base, name } = parse(resolve(config))
  const ofRun = file?.fingerprint !== undefined && base === 'config.json'
  const wanted = ofRun ? dir : join(dir, name)
  return freePlace(wanted)
}

/** @throws LacunaError (wrong usage) where the folder of several runs is itself one, trained or being trained */
function refuseRunOfRuns(out: string, seeds: number): void {
  if (!isRunFolder(out) && !isLocked(out)) return
  throw new LacunaError(
    `${out}: is a run itself, and --seeds ${seeds} makes a folder of runs; choose another --out, such as ${freePlace(`${out.replace(/[/\\]+$/, '')}-seeds`)}, or leave --seeds away to go on with this run by --resume`,
    2,
  )
}

/** One for each seed; one that was not begun before is begun, also when resuming. */
function runsOf({ seeds, out, resume, report }: Planned, settings: Omit<PretrainOptions, 'out'>): PretrainOptions[] {
  const options = { ...settings, out, resume, report }
  if (seeds === undefined) return [options]
  return Array.from({ length: seeds }, (_, seed) => {
    const own = join(out, `seed-${seed}`)
    return { ...options, out: own, seed, resume: resume && isRun(resolve(own)) }
  })
}

type Planned = PretrainCommandOptions & { readonly out: string }

/** A signal ends the training, which saves; its page is given up at the next one, or when it is all that was left to do. */
async function trainOne(method: Method, pictures: SampleSet, options: PretrainOptions, output: Output): Promise<Run> {
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
async function resumedSettings({ out, seeds }: Planned, asked: DataSettings): Promise<Settings> {
  const before = settingsOf(readConfig(seeds === undefined ? out : join(out, 'seed-0')))
  checkSettings(dataSettings, asked)
  const read = { ...asked, ...(await readingOf(asked)) }
  for (const [name, row] of rowsOf(dataSettings)) {
    if (row.kept === 'always' && asked[name] !== undefined && !isDeepStrictEqual(read[name], before.open[name]))
      throw new LacunaError(
        `${out}: the run was started with another ${flagOf(row)} (${shown(before.open[name])}); leave ${flagOf(row)} away to go on with it`,
        2,
      )
  }
  return before
}
