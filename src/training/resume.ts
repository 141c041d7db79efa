import { resolve } from 'node:path'
import type { RunConfig } from '../assembly/config.js'
import type { PictureSet } from '../data/index.js'
import { LacunaError } from '../errors.js'
import { baseRate, scaledRate, warmupCosine } from '../optim/schedules.js'
import type { PretrainOptions } from './options.js'
import { stepsIn } from './settings.js'

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
  const { items } = part
  const { size, colours: channels } = part.channels.image
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
  refuseDifferences(directory, config, options)
  const steps =
    options.steps ?? (options.epochs === undefined ? config.steps : stepsIn(options.epochs, items.length, config.batch))
  return { ...config, steps, device: options.device ?? config.device }
}

/** @throws LacunaError (wrong usage) that lists what was given beside `--resume` and is not as the run has it */
export function refuseDifferences(directory: string, config: RunConfig, options: PretrainOptions): void {
  const different = differences(config, options)
  if (different.length > 0)
    throw new LacunaError(
      `${directory}: a run goes on as it was started, but ${different.join(', ')}; leave these away, or start a new run with another --out`,
      2,
    )
}

/** What was given beside `--resume` and is not as the run has it, each as `--batch is 32 where it was 16`. */
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
      return [`--lr is ${given.learningRate} where it was ${baseRate(config.learningRate, config.batch)}`]
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

/** What becomes of the schedule where a run is lengthened. */
export function lengthened(before: RunConfig, now: RunConfig, step: number): string {
  const rateOf = ({ learningRate: peak, warmupSteps, steps: totalSteps }: RunConfig) =>
    warmupCosine({ peak, warmupSteps, totalSteps })(step).toPrecision(2)
  return `The run is lengthened from ${before.steps} to ${now.steps} steps: the learning rate now falls over all of them, so that at step ${step} it is ${rateOf(now)} instead of ${rateOf(before)}.`
}
