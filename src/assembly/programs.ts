import { seenAs } from '../channels/bound.js'
import { type Channel, type Channels, inputsOf, type Kind, lengthsName } from '../channels/channel.js'
import { LacunaError } from '../errors.js'
import {
  type Learner,
  type Measure,
  mainEncoder,
  type Sample,
  type SampleOf,
  type Sequence,
  type Shown,
  type StepResult,
} from '../methods/method.js'
import { type Place, type PlaceOptions, placeIn, vectorsAt } from '../nn/vectors.js'
import { type Computation, compile, type Program, type Target } from '../program/compile.js'
import { devices } from '../program/devices.js'
import { type Draw, type TraceOptions, trace } from '../program/trace.js'
import { input, type Tensor } from '../tensor/tensor.js'
import { toFloat, toStored } from '../views/picture.js'
import type { Assembly } from './assemble.js'
import type { RunConfig } from './config.js'
import { moved, sidesOf, trainedOf, withGradients } from './descent.js'
import { within } from './learner.js'

/** What the programs of a step have in common, however many they are. */
export interface StepPrograms {
  /** Every variable with its name, those of the optimiser too */
  readonly names: ReadonlyMap<Tensor, string>
  readonly chance: number
  /** Times that the encoder sees a sample in a step */
  readonly viewsPerSample: number
}

export interface TrainingProgram extends StepPrograms {
  readonly program: Program
}

/** How a step is traced that keeps its activations, or computes them again. */
export const trainingTrace = ({ checkpointActivations }: RunConfig, { device }: Target): TraceOptions => ({
  training: true,
  checkpointing: checkpointActivations,
  inParts: devices[device].inParts,
})

/** A step of a learner, whether it compares embeddings or not. */
export function stepOf({ training }: Learner, sample: Sample, draw: Draw): StepResult {
  return 'step' in training ? training.step(sample, draw) : training.compare(training.embed(sample, draw), draw)
}

/**
 * One step: views, forward, loss, backward, optimiser, followers. Outputs `loss`, `gradientNorm` and the method's metrics.
 * An adversary is a second backward and optimiser over the same forward: each loss is differentiated by its own variables
 * alone, so neither moves the other's, though both flow through all.
 */
export function trainingProgram(assembly: Assembly, config: RunConfig, target: Target): TrainingProgram {
  const { learner, names, channels } = assembly
  const { batch } = config
  const { result, trace: traced } = trace(trainingTrace(config, target), draw => {
    const { loss, adversary, ...told } = stepOf(learner, sampleOf(channels, batch), draw)
    const { main, against } = sidesOf(trainedOf(names), adversary)
    const opposed = adversary && withGradients(adversary.loss, against)
    return { loss, ...told, step: moved(learner, config, withGradients(loss, main), opposed, adversary?.rate) }
  })
  const { loss, metrics, chance, views = batch, step } = result
  const all = new Map([...names, ...step.names])
  const computation: Computation = {
    outputs: { loss, gradientNorm: step.length, ...metrics },
    updates: new Map([...traced.updates, ...step.updates]),
    names: all,
    draws: traced.draws,
  }
  return { program: compile(computation, target), names: all, chance, viewsPerSample: views / batch }
}

/** The representation of `batch` pictures, output `features` [batch, width]. */
export function embeddingProgram(
  assembly: Assembly,
  batch: number,
  target: Target,
  place = placeOf(assembly),
): Program {
  const { result, trace: traced } = trace({ training: false }, () =>
    represent(assembly, sampleOf(seenChannels(assembly), batch), place),
  )
  return compile({ outputs: { features: result }, names: assembly.names, draws: traced.draws }, target)
}

/**
 * The embedding of one channel in the space that it shares with others, output `features` [batch, D]. It reads no other channel.
 * @param name of a channel of the method
 * @param training as in training, for running statistics alone
 * @throws LacunaError (wrong usage) when the method puts that channel into no such space
 */
export function sharedProgram(
  { learner, method, channels, names }: Assembly,
  name: string,
  batch: number,
  target: Target,
  training = false,
): Program {
  const { [name]: channel } = channels
  const embed = learner.shared?.[name]
  if (channel === undefined || embed === undefined)
    throw new LacunaError(
      `${method.name} puts ${Object.keys(learner.shared ?? {}).join(' and ') || 'no channel'} into a space that channels share${channel === undefined ? '' : `, not ${name}`}; choose a run of a method that compares channels, such as clip`,
      2,
    )
  const { result, trace: traced } = trace({ training }, () =>
    within(method, 'shared', () => embed({ [name]: batchOf(name, channel, batch) })),
  )
  return compile({ outputs: { features: result }, names, updates: traced.updates, draws: traced.draws }, target)
}

/** Runs the encoder as in training, for its running statistics alone. */
export function calibrationProgram(assembly: Assembly, batch: number, target: Target): Program {
  const { result, trace: traced } = trace({ training: true }, () =>
    represent(assembly, sampleOf(seenChannels(assembly), batch)),
  )
  return compile(
    { outputs: { mean: result.mean() }, updates: traced.updates, names: assembly.names, draws: traced.draws },
    target,
  )
}

/** The task on pictures held out: one output for each measure, and one for each baseline that is not known beforehand. */
export function examinationProgram(assembly: Assembly, batch: number, target: Target) {
  const { result, trace: traced } = trace({ training: false }, draw =>
    examine(assembly, sampleOf(assembly.channels, batch), draw),
  )
  const outputs = Object.fromEntries(
    Object.entries(result).flatMap(([name, { value, baselines }]) => [
      [name, value] as const,
      ...Object.entries(baselines).flatMap(([baseline, figure]) =>
        typeof figure === 'number' ? [] : [[`${name}/${baseline}`, figure] as const],
      ),
    ]),
  )
  return { program: compile({ outputs, names: assembly.names, draws: traced.draws }, target), measures: result }
}

function examine({ learner }: Assembly, sample: Sample, draw: Draw): Readonly<Record<string, Measure>> {
  if (learner.examine) return learner.examine(sample, draw)
  const { loss, chance } = stepOf(learner, sample, draw)
  return { loss: { value: loss, better: 'lower', baselines: { chance } } }
}

/** How what is shown leaves the program: pictures and frames as they are stored, all else as it is. */
const lookedAt = ({ kind, values }: Shown): Tensor => {
  if (kind === 'image') return toStored(values)
  if (kind !== 'video') return values
  const [n, t, ...frame] = values.shape
  const frames = toStored(values.reshape(-1, ...frame))
  return frames.reshape(n ?? 1, t ?? 1, ...frames.shape.slice(1))
}

/** What the method shows and hides, outputs `0`, `1`, … [batch, …], and what is to be said of each. */
export function showProgram(assembly: Assembly, batch: number, target: Target) {
  const { result, trace: traced } = trace({ training: false }, draw =>
    assembly.learner.show(sampleOf(assembly.channels, batch), draw),
  )
  const outputs = Object.fromEntries(result.map((shown, i) => [`${i}`, lookedAt(shown)]))
  const program = compile({ outputs, names: assembly.names, draws: traced.draws }, target)
  return { program, columns: result.map(({ values: _, ...column }) => column) }
}

/**
 * What a sample has to have for its vector: all that the method reads where it makes the vector in a way of its own, and else the one
 * channel that its encoder sees, which of a film is a frame. Pictures have a vector then, whatever else the training has read.
 */
export function seenChannels({ learner, channels }: Pick<Assembly, 'learner' | 'channels'>): Channels {
  if (learner.represent !== undefined) return channels
  const [, { reads }] = mainEncoder(learner)
  const all = Object.entries<Channel>(channels)
  const own = all.find(([, { kind }]) => kind === reads)
  if (own !== undefined) return Object.fromEntries([own])
  const seen = all.map(([, channel]) => seenAs(reads, channel)).find(({ kind }) => kind === reads)
  return seen === undefined ? channels : { [reads]: seen }
}

/** What a method keeps of a batch of {@link seenChannels}, taken at a place in its encoder: [N, width] */
export function represent(assembly: Assembly, sample: Sample, place = placeOf(assembly)): Tensor {
  const { learner } = assembly
  const [, encoder] = mainEncoder(learner)
  const see = vectorsAt(encoder, place)
  if (learner.represent) return learner.represent(sample, see)
  const given = channelOf(encoder.reads, seenChannels(assembly), sample)
  if ('lengths' in given) return see(given.values, given.lengths)
  return see(encoder.reads === 'image' ? toFloat(given) : given)
}

/** The first channel of a kind. */
export function channelOf<K extends Kind>(kind: K, channels: Channels, sample: Sample): SampleOf<K> {
  const [name] = Object.entries(channels).find(([, channel]) => channel.kind === kind) ?? []
  const given = sample[name ?? '']
  if (given === undefined) throw new Error(`the method reads no ${kind}: it has to say how a sample is represented`)
  return given as SampleOf<K>
}

/**
 * Where in the encoder of a run its vectors are taken.
 * @throws LacunaError (wrong usage) when there is no such place
 */
export const placeOf = ({ learner }: Assembly, asked: PlaceOptions = {}): Place =>
  placeIn(mainEncoder(learner)[1], asked, learner.pool)

/** The kinds of data that are wanted of what is to become vectors; what stands in for another kind does so here too. */
export const kindsSeen = (assembly: Pick<Assembly, 'learner' | 'channels'>): Kind[] =>
  Object.values<Channel>(seenChannels(assembly)).map(({ kind }) => kind)

/** The inputs of a program: a batch of every channel. */
export const sampleOf = (channels: Channels, batch: number): Sample =>
  Object.fromEntries(Object.entries(channels).map(([name, channel]) => [name, batchOf(name, channel, batch)]))

function batchOf(name: string, channel: Channel, batch: number): Tensor | Sequence {
  const given = Object.entries(inputsOf(name, channel, batch)).map(
    ([key, { shape, dtype }]) => [key, input(key, shape, dtype)] as const,
  )
  const { [name]: values, [lengthsName(name)]: lengths } = Object.fromEntries(given)
  if (values === undefined) throw new Error(`${name}: a channel of no values`)
  return lengths === undefined ? values : { values, lengths }
}
