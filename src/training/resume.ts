import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { RunConfig } from '../assembly/config.js'
import { described } from '../channels/bound.js'
import type { SampleSet } from '../data/index.js'
import { wordsIn } from '../data/media.js'
import { LacunaError } from '../errors.js'
import { encoderNameOf } from '../nn/encoder.js'
import { scheduleOf, warmupSteps } from '../optim/schedules.js'
import { shown } from '../settings/check.js'
import { leaves } from '../settings/method-options.js'
import { flagOf, placeOf, rowsOf, valueAt } from '../settings/rows.js'
import { trainingSettings } from '../settings/table.js'
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
  part: SampleSet,
  data: SampleSet,
  options: PretrainOptions,
): RunConfig {
  const { items } = part
  if (config.method !== methodName)
    throw new LacunaError(
      `${directory}: trained with ${config.method}, not ${methodName}; resume it with ${config.method}`,
      2,
    )
  if (!isDeepStrictEqual({ ...part.channels }, config.channels))
    throw new LacunaError(
      `${directory}: trained on ${described(config.channels)}, this is ${described(part.channels)}; open the data as the run did`,
      2,
    )
  if (config.data.records !== items.length)
    throw new LacunaError(
      `${directory}: trained on ${config.data.records} ${wordsIn(part.channels).many}, there are ${items.length} now; put the data back, or start a new run`,
    )
  if (config.data.fingerprint !== data.fingerprint)
    throw new LacunaError(
      `${directory}: the ${items.length} ${wordsIn(part.channels).many} in ${data.source} are not those that it was trained on (from ${config.data.source}): other contents, names or splits; put the data back, or start a new run`,
    )
  refuseDifferences(directory, config, options)
  const steps =
    options.steps ?? (options.epochs === undefined ? config.steps : stepsIn(options.epochs, config.data, config.batch))
  const warmup = warmupSteps(config.warmup, config.steps) / steps // over as many steps as before
  return {
    ...config,
    steps,
    warmup: steps === config.steps ? config.warmup : warmup,
    device: options.device ?? config.device,
  }
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

type Pair = [flag: string, is: unknown, was: unknown]

/** What was given beside `--resume` and is not as the run has it, each as `--batch is 32 where it was 16`. */
function differences(config: RunConfig, given: PretrainOptions): string[] {
  const { encoder, chunk, warmup, weights, tokenizer, products, options = {} } = given
  const rising = (share: number) => warmupSteps(share, config.steps)
  const now = {
    ...given,
    encoder: encoder && encoderNameOf(encoder),
    chunk: chunk && Math.min(chunk, config.batch),
    warmup: warmup !== undefined && rising(warmup) === rising(config.warmup) ? config.warmup : warmup,
    weights: weights && resolve(weights),
    tokenizer: tokenizer && resolve(tokenizer),
    products: products === 'auto' ? undefined : products,
  }
  const before = {
    checkpointActivations: false,
    ...config,
    chunk: config.chunk ?? config.batch,
  }
  const listed = rowsOf(trainingSettings)
    .filter(([name, { free }]) => !free && name !== 'options')
    .map(([name, row]): Pair => [flagOf(row), now[name], valueAt(before, placeOf(name, row))])
    .concat(leaves(options).map(([key, value]) => [`--set ${key}`, value, valueAt(config.options, key.split('.'))]))
    .filter(([, is, was]) => is !== undefined && JSON.stringify(is) !== JSON.stringify(was))
    .map(([flag, is, was]) => `${flag} is ${shown(is)} where it was ${was === undefined ? 'not given' : shown(was)}`)
  const steps = given.steps ?? (given.epochs && stepsIn(given.epochs, config.data, config.batch))
  if (steps !== undefined && steps < config.steps)
    listed.push(`--steps is ${steps} where it was ${config.steps} (more would lengthen the run)`)
  return listed
}

/** What becomes of the schedule where a run is lengthened. */
export function lengthened(before: RunConfig, now: RunConfig, step: number): string {
  const rateOf = (config: RunConfig) => scheduleOf(config)(step).toPrecision(2)
  return `The run is lengthened from ${before.steps} to ${now.steps} steps: the learning rate now falls over all of them, so that at step ${step} it is ${rateOf(now)} instead of ${rateOf(before)}.`
}
