import { resolve } from 'node:path'
import { host } from '#host'
import { type Assembly, assemble } from '../assembly/assemble.js'
import type { RunConfig } from '../assembly/config.js'
import { checkAssembly } from '../assembly/tried.js'
import { type SampleSet, tokenised } from '../data/index.js'
import { targetFor } from '../engine/host.js'
import type { MethodName } from '../methods/index.js'
import type { Method } from '../methods/method.js'
import { initialValues, valuesFor } from '../nn/initialise.js'
import { type Checkpoint, hasCheckpoint, loadLastWhole, restore, saveCheckpoint } from '../runs/checkpoint.js'
import { claim } from '../runs/claim.js'
import { readConfig, writeConfig } from '../runs/config.js'
import { definitionsOf } from '../runs/definitions.js'
import { type Keeper, keeperOf } from '../runs/keeper.js'
import { lockRun } from '../runs/lock.js'
import { type MetricsLine, readMetrics } from '../runs/metrics.js'
import { readTokenizer, writeTokenizer } from '../runs/tokenizer.js'
import { checkPictures, checkUsage } from './arguments.js'
import { codesWatched } from './codes-note.js'
import { train } from './loop.js'
import type { PretrainOptions } from './options.js'
import { productsOfStep } from './products.js'
import { lengthened, resumedConfig } from './resume.js'
import { newConfig } from './settings.js'
import { startWeights } from './start.js'
import { stepperOf } from './stepper.js'
import { tokenizerFor } from './tokenizer.js'
import { watcherOf } from './watch.js'
import { withWindow } from './window.js'

/** A training that has ended, or was interrupted and can go on with `resume`. */
export interface Run {
  readonly directory: string
  readonly config: RunConfig
  readonly step: number
  readonly interrupted: boolean
  /** The loss of a network that knows nothing */
  readonly chance: number
}

/** The pictures that a run trains on: all but those marked as test or validation. */
export function trainingPart(pictures: SampleSet): SampleSet {
  const positions = pictures.items.flatMap(({ split }, i) => (split === undefined || split === 'train' ? [i] : []))
  return positions.length === pictures.items.length ? pictures : pictures.subset(positions)
}

/**
 * Trains an encoder on pictures without looking at their labels, and leaves a run folder behind.
 *
 * @throws LacunaError for arguments that make no sense, unknown names, a batch larger than the data or not divisible into chunks,
 *   a folder that holds something else or is being trained, options or pictures that are not those of the run to resume, a
 *   damaged checkpoint, a full disk, a training that diverges
 */
export async function pretrain(
  given: MethodName | (string & {}) | Method,
  data: SampleSet,
  asked: PretrainOptions,
): Promise<Run> {
  const method = checkUsage(given, asked)
  const options = withWindow(method, asked)
  checkPictures(data)
  const directory = resolve(options.out)
  const before = options.resume ? readConfig(directory) : undefined
  const tokenizer = before
    ? readTokenizer(directory, before)
    : tokenizerFor(method, options.options ?? {}, trainingPart(data), options.tokenizer)
  const pictures = tokenizer ? tokenised(data, tokenizer) : data
  const part = trainingPart(pictures)
  const config = before
    ? resumedConfig(directory, before, method.name, part, pictures, options)
    : await newConfig(method, part, pictures, options)
  const encoders = typeof options.encoder === 'object' ? [options.encoder] : []
  const assembly = assemble(config, definitionsOf(config, { methods: [method], encoders }, directory))
  checkAssembly(assembly)
  const weights = before ? undefined : startWeights(assembly, config) // told before the folder is made
  if (!before) claim(directory)
  const lock = lockRun(directory)
  try {
    if (!before) claim(directory) // another training may have come and gone between the two
    const checkpoint = before && hasCheckpoint(directory) ? loadLastWhole(directory) : undefined
    if (checkpoint?.note !== undefined) options.onNote?.(checkpoint.note)
    if (before && config.steps > before.steps) options.onNote?.(lengthened(before, config, checkpoint?.step ?? 0))
    if (checkpoint && checkpoint.step >= config.steps)
      options.onNote?.(
        `${directory}: all its ${config.steps} steps were taken before, there is nothing to train; more --steps would lengthen it`,
      )
    const lines = readMetrics(directory, checkpoint?.step ?? 0)
    const begin = (place: string) => {
      writeConfig(place, config)
      if (tokenizer) writeTokenizer(place, tokenizer)
    }
    const folder = keeperOf(directory, begin, lock, options.onNote)
    return await trainRun({ directory, config, assembly, weights, part, checkpoint, lines, begin, folder, options })
  } finally {
    lock.release()
  }
}

interface Task {
  readonly directory: string
  readonly config: RunConfig
  readonly assembly: Assembly
  /** Of another file, that the encoder starts from */
  readonly weights: ReturnType<typeof startWeights> | undefined
  readonly part: SampleSet
  readonly checkpoint: Checkpoint | undefined
  /** Of the metrics, up to the checkpoint */
  readonly lines: readonly MetricsLine[]
  /** Writes what the run has from its beginning */
  readonly begin: (place: string) => void
  readonly folder: Keeper
  readonly options: PretrainOptions
}

async function trainRun({
  directory,
  config,
  assembly,
  weights,
  part,
  checkpoint,
  lines,
  begin,
  folder,
  options,
}: Task): Promise<Run> {
  const runner = host.start({
    device: config.device,
    threads: options.threads,
  })
  const watched = codesWatched(config.method, options.onNote)
  try {
    const products = await productsOfStep(config, options.onNote)
    const stepper = stepperOf(assembly, config, { ...(await targetFor(host, runner.options)), products })
    const { names, chance, viewsPerSample } = stepper
    const stepping = await stepper.load(runner)
    if (checkpoint) await restore(runner, stepper, checkpoint, directory)
    else
      await runner.write(
        valuesFor(stepper, initialValues(names, config.seed, weights ?? startWeights(assembly, config))),
      )
    await folder.write(lines, begin)
    const step = await train({
      runner,
      stepping,
      config,
      chance,
      viewsPerSample,
      samples: part.as(assembly.channels),
      reads: assembly.method.reads(config.options),
      from: checkpoint?.step ?? 0,
      saveEvery: options.saveEvery,
      lines,
      folder,
      save: (at, write) => saveCheckpoint(folder.directory, runner, stepper, at, write),
      watcher: options.watch && (await watcherOf(assembly, config, runner, part, options.watch)),
      signal: options.signal,
      onProgress: progress => {
        watched(progress)
        options.onProgress?.(progress)
      },
      onStep: options.onStep,
    })
    return { directory: folder.directory, config, step, interrupted: step < config.steps, chance }
  } finally {
    await runner.close()
  }
}
