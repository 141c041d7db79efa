import { resolve } from 'node:path'
import { parseOptions } from '../assembly/assemble.js'
import { CONFIG_VERSION, checkedConfig, type RunConfig } from '../assembly/config.js'
import { channelsFor, findFilm } from '../channels/bound.js'
import type { Reads } from '../channels/channel.js'
import { alikeIn, differentOf, type SampleSet, samplesIn } from '../data/index.js'
import { wordsIn } from '../data/media.js'
import { LacunaError } from '../errors.js'
import { encoderFor, type Method } from '../methods/method.js'
import { encoderOf } from '../nn/checked.js'
import { encoderNameOf } from '../nn/encoder.js'
import { trainingSettings } from '../settings/table.js'
import { drawnAlike } from './batch-alike.js'
import type { PretrainOptions } from './options.js'
import { paddingIn } from './padding.js'
import { prepare } from './prepare.js'
import { productsFor } from './products.js'
import { soundInBatch } from './sound-in-batch.js'

/** The steps that epochs are. */
export const stepsIn = (epochs: number, { windows, records }: Epoch, batch: number): number =>
  Math.max(1, Math.round(epochs * Math.floor((windows ?? records) / batch)))

type Epoch = Pick<RunConfig['data'], 'windows' | 'records'>

/** @param part the pictures to train on; `data` is what they are a part of */
export async function newConfig(
  method: Method,
  part: SampleSet,
  data: SampleSet,
  options: PretrainOptions,
): Promise<RunConfig> {
  const { items } = part
  const seed = options.seed ?? trainingSettings.seed.default
  const methodOptions = parseOptions(method, options.options ?? {})
  const reads = method.reads(methodOptions)
  const windows = inWindows(part, reads)
  const samples = windows === undefined ? items.length : samplesIn(windows, reads)
  const alike = options.batchAlike === undefined ? undefined : alikeIn(windows ?? part, reads, options.batchAlike)
  const most = alike === undefined ? samples : Math.max(...alike.counts)
  const batch = options.batch ?? Math.min(method.training.batch, 2 ** Math.floor(Math.log2(most)))
  const { one, many } = wordsIn(part.channels)
  if (samples < 2)
    throw new LacunaError(
      `${part.source}: ${items.length} ${one} to train on${windows === undefined ? '; at least 2 are needed' : ', and no more of it than one window; give more'}`,
    )
  if (differentOf(items) < 2 && samples === items.length)
    throw new LacunaError(
      `${part.source}: ${items.length} ${many}, ${differentOf(items)} different: there is nothing to learn from copies; give ${many} that differ`,
    )
  if (batch > samples)
    throw new LacunaError(
      `a batch of ${batch} is larger than the data: ${samples === items.length ? `${samples} ${many}` : `${samples} windows of ${items.length} ${many}`}; choose --batch ${samples} or less`,
      2,
    )
  const chunk = checkedChunk(options.chunk ?? batch, batch)
  const drawn = alike && drawnAlike(alike, batch)
  const inEpoch = drawn?.samples ?? samples
  const steps = options.steps ?? stepsIn(options.epochs ?? trainingSettings.epochs.default, { records: inEpoch }, batch)
  const encoder = encoderOf(options.encoder ?? encoderFor(method))
  const device = options.device ?? trainingSettings.device.default
  const products = await productsFor(options.products, device, options.onNote)
  const { prepared, notes } = await prepare({ method, encoder }, methodOptions, part, seed, engineOf(options))
  const little = windows && soundInBatch(method, windows, { batch, chunk, samples })
  for (const note of [...notes, little, windows && paddingIn(windows), drawn?.note])
    if (note !== undefined) options.onNote?.(note)
  return checkedConfig({
    version: CONFIG_VERSION,
    method: method.name,
    options: methodOptions,
    ...(prepared !== undefined && { prepared }),
    encoder: encoderNameOf(options.encoder ?? encoderFor(method)),
    channels: part.channels,
    reading: data.reading,
    data: {
      source: part.source,
      records: items.length,
      ...(inEpoch !== items.length && { windows: inEpoch }),
      fingerprint: data.fingerprint,
      ...(data.allowSkipped !== undefined && { allowSkipped: data.allowSkipped }),
    },
    batch,
    ...(chunk < batch && { chunk }),
    ...(options.batchAlike !== undefined && { batchAlike: options.batchAlike }),
    steps,
    seed,
    optimiser: options.optimiser ?? method.training.optimiser,
    learningRate: options.learningRate ?? method.training.learningRate,
    weightDecay: options.weightDecay ?? method.training.weightDecay,
    warmup: options.warmup ?? trainingSettings.warmup.default,
    clip: options.clip ?? trainingSettings.clip.default,
    ...(options.checkpointActivations && { checkpointActivations: true }),
    products,
    device,
    ...(options.weights !== undefined && { weights: resolve(options.weights) }),
    ...(options.tokenizer !== undefined && { tokenizer: resolve(options.tokenizer) }),
    ...(options.plugins && options.plugins.length > 0 && { plugins: options.plugins.map(plugin => resolve(plugin)) }),
  })
}

/** What a method computes of the data before the training runs where the training does. */
const engineOf = ({ device, threads }: PretrainOptions) => ({ ...(device && { device }), ...(threads && { threads }) })

/** What goes on in time as the method reads it; undefined where nothing does. */
const inWindows = (part: SampleSet, reads: Reads): SampleSet | undefined =>
  Object.values(reads).some(wanted => 'seconds' in wanted) || findFilm(part.channels) !== undefined
    ? part.as(channelsFor(reads, part.channels))
    : undefined

/** A chunk as large as the batch is the plain step. */
function checkedChunk(chunk: number, batch: number): number {
  if (chunk < batch && batch % chunk !== 0)
    throw new LacunaError(
      `a batch of ${batch} does not divide into chunks of ${chunk}; choose --batch ${chunk * Math.floor(batch / chunk)}, or another --chunk`,
      2,
    )
  return chunk
}
