import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import type { PictureSet } from '../data/index.js'
import { LacunaError } from '../errors.js'
import { writeError } from '../files.js'
import { readSafetensors } from '../formats/index.js'
import { defaultEncoder, methodNamed, methodsInChunks } from '../methods/index.js'
import type { Method } from '../methods/method.js'
import { initialValues } from '../nn/initialise.js'
import { variablesOf } from '../nn/module.js'
import { matchWeights } from '../nn/weights.js'
import type { Device } from '../program/lowering.js'
import { blockedChannels } from '../program/probe.js'
import { startRunner } from '../program/runner.js'
import { hasCheckpoint, loadCheckpoint, restore, saveCheckpoint } from './checkpoint.js'
import { CONFIG_VERSION, checkedConfig, isRun, type RunConfig, readConfig, writeConfig } from './config.js'
import { type LoopProgress, train } from './loop.js'
import { prepare } from './prepare.js'
import { type Assembly, assemble, parseOptions } from './programs.js'
import { scaledRate } from './schedules.js'
import { stepperOf } from './stepper.js'

export interface PretrainOptions {
  /** Folder of the run; must not exist, unless `resume` */
  readonly out: string
  /** Architecture; the method's own default unless told, c4 for most */
  readonly encoder?: string
  /** Passes over the pictures, default 20; or `steps` */
  readonly epochs?: number
  readonly steps?: number
  readonly batch?: number
  /**
   * Pictures that go through the network at a time; a part of the batch, whose memory the step then needs, for a third more time.
   * The loss still compares the whole batch, so the gradient is the same but for batch norm, which sees one chunk at a time.
   * For methods that compare embeddings.
   */
  readonly chunk?: number
  readonly seed?: number
  readonly optimiser?: RunConfig['optimiser']
  /** For a batch of 256; in proportion for others */
  readonly learningRate?: number
  readonly weightDecay?: number
  /** Share of the steps over which the rate rises, default 0.05 */
  readonly warmup?: number
  /** Common length that gradients are clipped to, default 0: not at all */
  readonly clip?: number
  /** Computes the activations inside blocks again in the backward instead of keeping them: less memory, more time */
  readonly checkpointActivations?: boolean
  readonly device?: Device
  readonly threads?: number
  /** Options of the method */
  readonly options?: Readonly<Record<string, unknown>>
  /** Weights of torchvision, timm or Lacuna that the encoder starts from (safetensors) */
  readonly weights?: string
  /** Goes on from the checkpoint in `out`; all other options but device and threads come from its config.json */
  readonly resume?: boolean
  /** Stops after the step that runs, saves, and returns */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: LoopProgress) => void
  /** What the user should know at the start, such as pictures that cannot serve the method */
  readonly onNote?: (note: string) => void
  /** After every step: the seconds since the training began, and those of them in which the program ran */
  readonly onStep?: (seconds: number, busy: number) => void
}

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
export function trainingPart(pictures: PictureSet): PictureSet {
  const positions = pictures.items.flatMap(({ split }, i) => (split === undefined || split === 'train' ? [i] : []))
  return positions.length === pictures.items.length ? pictures : pictures.subset(positions)
}

/**
 * Trains an encoder on pictures without looking at their labels, and leaves a run folder behind.
 *
 * @throws LacunaError for unknown names, a batch larger than the data or not divisible into chunks, a folder that exists, a damaged checkpoint,
 *   a full disk, a loss that is no number
 */
export async function pretrain(methodName: string, pictures: PictureSet, options: PretrainOptions): Promise<Run> {
  const directory = resolve(options.out)
  const part = trainingPart(pictures)
  const config = options.resume
    ? resumedConfig(directory, methodName, part, options)
    : newConfig(methodName, part, options)
  const checkpoint = options.resume && hasCheckpoint(directory) ? loadCheckpoint(directory) : undefined
  const assembly = assemble(config)
  if (!options.resume) claim(directory)
  const runner = startRunner({
    device: config.device,
    threads: options.threads,
  })
  try {
    const target = {
      device: config.device,
      precision: runner.options.precision,
      block: await blockedChannels(config.device),
    }
    const stepper = stepperOf(assembly, config, target)
    const { names, chance, viewsPerPicture } = stepper
    const stepping = await stepper.load(runner)
    if (checkpoint) await restore(runner, stepper, checkpoint, directory)
    else await runner.write(startValues(assembly, names, config))
    if (!options.resume) writeConfig(directory, config)
    const step = await train({
      runner,
      stepping,
      config,
      chance,
      viewsPerPicture,
      directory,
      pictures: part,
      from: checkpoint?.step ?? 0,
      save: at => saveCheckpoint(directory, runner, stepper, at),
      signal: options.signal,
      onProgress: options.onProgress,
      onStep: options.onStep,
    })
    return { directory, config, step, interrupted: step < config.steps, chance }
  } finally {
    await runner.close()
  }
}

function newConfig(methodName: string, pictures: PictureSet, options: PretrainOptions): RunConfig {
  const method = methodNamed(methodName)
  const { items, size, channels } = pictures
  const seed = options.seed ?? 0
  const batch = options.batch ?? Math.min(method.training.batch, 2 ** Math.floor(Math.log2(items.length)))
  if (items.length < 2) throw new LacunaError(`${items.length} picture to train on; at least 2 are needed`)
  if (batch > items.length)
    throw new LacunaError(
      `a batch of ${batch} is larger than the data: ${items.length} pictures; choose --batch ${items.length} or less`,
      2,
    )
  if (batch < 2) throw new LacunaError(`a batch of ${batch} has nothing to compare; choose --batch 2 or more`, 2)
  const chunk = checkedChunk(method, options.chunk ?? batch, batch)
  const perEpoch = Math.floor(items.length / batch)
  const steps = options.steps ?? Math.max(1, Math.round((options.epochs ?? 20) * perEpoch))
  const methodOptions = parseOptions(method, options.options ?? {})
  const { prepared, notes } = prepare(method, methodOptions, pictures, seed)
  for (const note of notes) options.onNote?.(note)
  return checkedConfig({
    version: CONFIG_VERSION,
    method: method.name,
    options: methodOptions,
    ...(prepared !== undefined && { prepared }),
    encoder: options.encoder ?? method.encoder ?? defaultEncoder,
    size,
    channels,
    data: { source: pictures.source, pictures: items.length },
    batch,
    ...(chunk < batch && { chunk }),
    steps,
    seed,
    optimiser: options.optimiser ?? method.training.optimiser,
    learningRate: scaledRate(options.learningRate ?? method.training.learningRate, batch),
    weightDecay: options.weightDecay ?? method.training.weightDecay,
    warmupSteps: Math.round((options.warmup ?? 0.05) * steps),
    clip: options.clip ?? 0,
    ...(options.checkpointActivations && { checkpointActivations: true }),
    device: options.device ?? 'cpu',
    ...(options.weights !== undefined && { weights: options.weights }),
  })
}

/** A chunk as large as the batch is the plain step, which every method has. */
function checkedChunk(method: Method, chunk: number, batch: number): number {
  if (chunk >= batch) return chunk
  if (!method.comparesEmbeddings)
    throw new LacunaError(
      `the loss of ${method.name} sees more than embeddings, so its batch cannot go in chunks; choose a smaller --batch, or one of: ${methodsInChunks.join(', ')}`,
      2,
    )
  if (chunk > 0 && batch % chunk !== 0)
    throw new LacunaError(
      `a batch of ${batch} does not divide into chunks of ${chunk}; choose --batch ${chunk * Math.floor(batch / chunk)}, or another --chunk`,
      2,
    )
  return chunk
}

function resumedConfig(
  directory: string,
  methodName: string,
  pictures: PictureSet,
  options: PretrainOptions,
): RunConfig {
  const config = readConfig(directory)
  const { items, size, channels } = pictures
  if (config.method !== methodName)
    throw new LacunaError(
      `${directory}: trained with ${config.method}, not ${methodName}; resume it with ${config.method}`,
      2,
    )
  if (config.size !== size || config.channels !== channels)
    throw new LacunaError(
      `${directory}: trained on pictures of ${config.size} px and ${config.channels} channel(s), these have ${size} px and ${channels}; open them as the run did`,
      2,
    )
  if (config.data.pictures !== items.length)
    throw new LacunaError(
      `${directory}: trained on ${config.data.pictures} pictures, there are ${items.length} now; put the data back, or start a new run`,
    )
  return { ...config, device: options.device ?? config.device }
}

/** Makes the folder of a new run; refuses one that has something in it. */
function claim(directory: string): void {
  if (isRun(directory))
    throw new LacunaError(`${directory}: a run is there already; go on with --resume, or choose another --out`, 2)
  if (existsSync(directory) && readdirSync(directory).length > 0)
    throw new LacunaError(`${directory}: the folder is not empty; choose another --out`, 2)
  try {
    mkdirSync(directory, { recursive: true })
  } catch (error) {
    throw writeError(directory, error)
  }
}

function* startValues(
  assembly: Assembly,
  names: Parameters<typeof initialValues>[0],
  { seed, weights }: RunConfig,
): Generator<readonly [string, ArrayLike<number>]> {
  const { encoder } = assembly.learner.modules
  const wanted = new Map([...variablesOf(encoder)].map(([name, { shape }]) => [name, shape]))
  const stored = weights === undefined ? [] : matchWeights(wanted, readSafetensors(weights).tensors)
  const given = new Map([...stored].map(([name, values]) => [`encoder.${name}`, values]))
  for (const [name, values] of initialValues(names, seed)) yield [name, given.get(name) ?? values]
}
