import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { differentOf, type PictureSet } from '../data/index.js'
import { LacunaError } from '../errors.js'
import { writeError } from '../files.js'
import { defaultEncoder, methodNamed, methodsInChunks } from '../methods/index.js'
import type { Method } from '../methods/method.js'
import { hasCheckpoint } from './checkpoint.js'
import { CONFIG_VERSION, checkedConfig, isRun, type RunConfig } from './config.js'
import { prepare } from './prepare.js'
import type { PretrainOptions } from './pretrain.js'
import { parseOptions } from './programs.js'
import { scaledRate } from './schedules.js'

type Check = readonly [flag: string, given: unknown, right: (value: number) => boolean, expected: string]

/**
 * Everything about numbers that can be told before pictures are looked at.
 * @throws LacunaError (wrong usage) that names the option
 */
export function checkNumbers(options: Omit<PretrainOptions, 'out'>): void {
  const whole = (least: number) => (value: number) => Number.isSafeInteger(value) && value >= least
  const checks: readonly Check[] = [
    ['--epochs', options.epochs, value => value > 0, 'a number above 0'],
    ['--steps', options.steps, whole(1), 'a whole number of at least 1'],
    ['--batch', options.batch, whole(1), 'a whole number of at least 2'],
    ['--chunk', options.chunk, whole(1), 'a whole number of at least 1'],
    ['--seed', options.seed, whole(0), 'a whole number of at least 0'],
    ['--lr', options.learningRate, value => value > 0, 'a rate above 0'],
    ['--weight-decay', options.weightDecay, value => value >= 0, 'a rate of at least 0'],
    ['--warmup', options.warmup, value => value >= 0 && value <= 1, 'a share of the steps, from 0 to 1'],
    ['--clip', options.clip, value => value >= 0, 'a length of at least 0'],
  ]
  for (const [flag, given, right, expected] of checks)
    if (given !== undefined && !(typeof given === 'number' && Number.isFinite(given) && right(given)))
      throw new LacunaError(`${flag} must be ${expected}, not ${given}`, 2)
  if (options.epochs !== undefined && options.steps !== undefined)
    throw new LacunaError('--epochs and --steps say the same thing; give one of them', 2)
}

/** The steps that epochs are. */
const stepsIn = (epochs: number, pictures: number, batch: number): number =>
  Math.max(1, Math.round(epochs * Math.floor(pictures / batch)))

/** @param part the pictures to train on; `data` is what they are a part of */
export function newConfig(methodName: string, part: PictureSet, data: PictureSet, options: PretrainOptions): RunConfig {
  const method = methodNamed(methodName)
  const { items, size, channels } = part
  const seed = options.seed ?? 0
  const batch = options.batch ?? Math.min(method.training.batch, 2 ** Math.floor(Math.log2(items.length)))
  if (items.length < 2) throw new LacunaError(`${items.length} picture to train on; at least 2 are needed`)
  if (differentOf(items) < 2)
    throw new LacunaError(
      `${part.source}: ${items.length} pictures, ${differentOf(items)} different: there is nothing to learn from copies; give pictures that differ`,
    )
  if (batch > items.length)
    throw new LacunaError(
      `a batch of ${batch} is larger than the data: ${items.length} pictures; choose --batch ${items.length} or less`,
      2,
    )
  if (batch < 2) throw new LacunaError(`a batch of ${batch} has nothing to compare; choose --batch 2 or more`, 2)
  const chunk = checkedChunk(method, options.chunk ?? batch, batch)
  const steps = options.steps ?? stepsIn(options.epochs ?? 20, items.length, batch)
  const methodOptions = parseOptions(method, options.options ?? {})
  const { prepared, notes } = prepare(method, methodOptions, part, seed)
  for (const note of notes) options.onNote?.(note)
  return checkedConfig({
    version: CONFIG_VERSION,
    method: method.name,
    options: methodOptions,
    ...(prepared !== undefined && { prepared }),
    encoder: options.encoder ?? method.encoder ?? defaultEncoder,
    size,
    channels,
    reading: data.reading,
    data: { source: part.source, pictures: items.length, fingerprint: data.fingerprint },
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
    ...(options.weights !== undefined && { weights: resolve(options.weights) }),
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
  if (batch % chunk !== 0)
    throw new LacunaError(
      `a batch of ${batch} does not divide into chunks of ${chunk}; choose --batch ${chunk * Math.floor(batch / chunk)}, or another --chunk`,
      2,
    )
  return chunk
}

/**
 * The configuration that a run goes on with. What is given again has to be what the run was started with; device and threads may
 * change, and more steps lengthen it.
 */
export function resumedConfig(
  directory: string,
  config: RunConfig,
  methodName: string,
  part: PictureSet,
  data: PictureSet,
  options: PretrainOptions,
): RunConfig {
  const { items, size, channels } = part
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
  if (config.data.fingerprint !== data.fingerprint)
    throw new LacunaError(
      `${directory}: the ${items.length} pictures in ${data.source} are not those that it was trained on (from ${config.data.source}): other contents, names or splits; put the data back, or start a new run`,
    )
  const different = differences(config, options)
  if (different.length > 0)
    throw new LacunaError(
      `${directory}: a run goes on as it was started, but ${different.join(', ')}; leave these away, or start a new run with another --out`,
      2,
    )
  const steps =
    options.steps ?? (options.epochs === undefined ? config.steps : stepsIn(options.epochs, items.length, config.batch))
  return { ...config, steps, device: options.device ?? config.device }
}

/** What was given beside `--resume` and is not as the run has it, each as `--batch is 32, not 16`. */
function differences(config: RunConfig, given: PretrainOptions): string[] {
  const steps = given.steps ?? (given.epochs && stepsIn(given.epochs, config.data.pictures, config.batch))
  const rows: readonly (readonly [string, unknown, unknown])[] = [
    ['--encoder', given.encoder, config.encoder],
    ['--batch', given.batch, config.batch],
    ['--chunk', given.chunk && Math.min(given.chunk, config.batch), config.chunk ?? config.batch],
    ['--seed', given.seed, config.seed],
    ['--optimiser', given.optimiser, config.optimiser],
    ['--lr', given.learningRate && scaledRate(given.learningRate, config.batch), config.learningRate],
    ['--weight-decay', given.weightDecay, config.weightDecay],
    ['--warmup', given.warmup === undefined ? undefined : Math.round(given.warmup * config.steps), config.warmupSteps],
    ['--clip', given.clip, config.clip],
    ['--checkpoint-activations', given.checkpointActivations, config.checkpointActivations ?? false],
    ['--weights', given.weights && resolve(given.weights), config.weights],
    ...settingsOf(given.options, config.options),
  ]
  const shown = (value: unknown) => (value === undefined ? 'not given' : `${JSON.stringify(value)}`)
  const listed = rows.flatMap(([flag, now, before]) => {
    if (now === undefined || JSON.stringify(now) === JSON.stringify(before)) return []
    if (flag === '--lr')
      return [`--lr is ${given.learningRate} where it was ${(config.learningRate * 256) / config.batch}`]
    if (flag === '--warmup') return [`--warmup is ${given.warmup} where it was ${config.warmupSteps / config.steps}`]
    return [`${flag} is ${shown(now)} where it was ${shown(before)}`]
  })
  if (steps !== undefined && steps < config.steps)
    listed.push(`--steps is ${steps} where it was ${config.steps} (more would lengthen the run)`)
  return listed
}

/** Options of the method by their dotted names: what is given, and what the run has. */
function settingsOf(given: unknown, had: unknown, prefix = '--set '): (readonly [string, unknown, unknown])[] {
  if (given === undefined) return []
  const inside = (value: unknown): Readonly<Record<string, unknown>> =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
  return Object.entries(inside(given)).flatMap(([key, value]) =>
    Object.keys(inside(value)).length > 0
      ? settingsOf(value, inside(had)[key], `${prefix}${key}.`)
      : [[`${prefix}${key}`, value, inside(had)[key]] as const],
  )
}

/**
 * Makes the folder of a run. One with something in it is refused, but for a run that never came to its first checkpoint.
 * @param files that may be in it
 */
export function claim(directory: string): void {
  if (existsSync(directory)) {
    if (!statSync(directory).isDirectory()) throw new LacunaError(`${directory}: is a file; choose another --out`, 2)
    if (hasCheckpoint(directory))
      throw new LacunaError(`${directory}: a run is there already; go on with --resume, or choose another --out`, 2)
    if (!isRun(directory) && readdirSync(directory).some(name => name !== 'lock.json'))
      throw new LacunaError(`${directory}: the folder is not empty; choose another --out`, 2)
  }
  try {
    mkdirSync(directory, { recursive: true })
  } catch (error) {
    throw writeError(directory, error)
  }
}
