import { z } from 'zod'
import { LacunaError } from '../errors.js'
import { methodNamed } from '../methods/index.js'
import type { Learner, Measure, Method, Sample } from '../methods/method.js'
import { makeEncoder } from '../nn/encoders.js'
import { module, variablesOf } from '../nn/module.js'
import { type Place, type PlaceOptions, placeIn, vectorsAt } from '../nn/vectors.js'
import { type Computation, compile, type Program, type Target } from '../program/compile.js'
import { type Draw, trace } from '../program/trace.js'
import { input, type Tensor } from '../tensor/tensor.js'
import { toFloat, toStored } from '../views/picture.js'
import { issuesOf, type RunConfig } from './config.js'
import { descend, slopesOf, trainedOf } from './descent.js'

/** A method built for one run, with the name of every variable. */
export interface Assembly {
  readonly method: Method
  readonly learner: Learner
  readonly names: ReadonlyMap<Tensor, string>
}

export type AssemblyConfig = Pick<RunConfig, 'method' | 'options' | 'prepared' | 'encoder' | 'size' | 'channels'>

/** @throws LacunaError (wrong usage) for unknown methods, encoders and options */
export function assemble(config: AssemblyConfig): Assembly {
  const method = methodNamed(config.method)
  const { size, channels } = config
  const learner = method.build({
    options: parseOptions(method, config.options),
    prepared: config.prepared,
    picture: { size, channels },
    makeEncoder: other => makeEncoder(config.encoder, { size, channels, ...other }),
  })
  const root = module(learner.modules, () => undefined)
  return { method, learner, names: new Map([...variablesOf(root)].map(([name, variable]) => [variable, name])) }
}

/** All options of a method, with defaults where none are given. */
export function parseOptions(method: Method, options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const parsed = method.options.safeParse(options)
  if (parsed.success) return z.record(z.string(), z.unknown()).parse(parsed.data)
  throw new LacunaError(
    `options of ${method.name}: ${issuesOf(parsed.error)}; \`lacuna methods ${method.name}\` lists them`,
    2,
  )
}

export interface TrainingProgram {
  readonly program: Program
  /** Every variable with its name, those of the optimiser too */
  readonly names: ReadonlyMap<Tensor, string>
  readonly chance: number
  /** Times that the encoder sees a picture in a step */
  readonly viewsPerPicture: number
}

/**
 * One step: views, forward, loss, backward, optimiser, followers. Outputs `loss`, `gradientNorm` and the method's metrics.
 * An adversary is a second backward and optimiser over the same forward: each loss is differentiated by its own variables
 * alone, so neither moves the other's, though both flow through all.
 */
export function trainingProgram({ learner, names }: Assembly, config: RunConfig, target: Target): TrainingProgram {
  const manner = { training: true, checkpointing: config.checkpointActivations, inParts: target.device === 'cpu' }
  const { result, trace: traced } = trace(manner, draw => {
    const { loss, metrics, chance, views, adversary } = learner.step(sampleOf(config, config.batch), draw)
    const variables = trainedOf(names)
    const opposed = new Set(adversary?.modules.flatMap(part => [...variablesOf(part).values()]))
    const [own, others] = [true, false].map(is => variables.filter(({ variable }) => opposed.has(variable) === is))
    const main = descend(slopesOf(loss, others ?? []), config)
    const against = adversary && descend(slopesOf(adversary.loss, own ?? []), config, adversary.rate)
    const updates = new Map([...main.updates, ...(against?.updates ?? [])])
    const after = learner.after?.(variable => updates.get(variable) ?? variable)
    return {
      outputs: { loss, gradientNorm: main.length, ...metrics },
      chance,
      views,
      updates: new Map([...updates, ...(after ?? [])]),
      names: new Map([...names, ...main.names, ...(against?.names ?? [])]),
    }
  })
  const { outputs, chance, views = config.batch } = result
  const updates = new Map([...traced.updates, ...result.updates])
  const computation: Computation = { outputs, updates, names: result.names, draws: traced.draws }
  return { program: compile(computation, target), names: result.names, chance, viewsPerPicture: views / config.batch }
}

/** The representation of `batch` pictures, output `features` [batch, width]. */
export function embeddingProgram(
  assembly: Assembly,
  config: AssemblyConfig,
  batch: number,
  target: Target,
  place = placeOf(assembly),
): Program {
  const { result, trace: traced } = trace({ training: false }, () =>
    represent(assembly, sampleOf(config, batch), place),
  )
  return compile({ outputs: { features: result }, names: assembly.names, draws: traced.draws }, target)
}

/** Runs the encoder as in training, for its running statistics alone. */
export function calibrationProgram(assembly: Assembly, config: AssemblyConfig, batch: number, target: Target): Program {
  const { result, trace: traced } = trace({ training: true }, () => represent(assembly, sampleOf(config, batch)))
  return compile(
    { outputs: { mean: result.mean() }, updates: traced.updates, names: assembly.names, draws: traced.draws },
    target,
  )
}

/** The task on pictures held out: one output for each measure, and one for each baseline that is not known beforehand. */
export function examinationProgram(assembly: Assembly, config: AssemblyConfig, batch: number, target: Target) {
  const { result, trace: traced } = trace({ training: false }, draw => examine(assembly, sampleOf(config, batch), draw))
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
  const { loss, chance } = learner.step(sample, draw)
  return { loss: { value: loss, better: 'lower', baselines: { chance } } }
}

/** What the method shows and hides, outputs `0`, `1`, … uint8 [batch, H, W, C], and what is to be said of each. */
export function showProgram(assembly: Assembly, config: AssemblyConfig, batch: number, target: Target) {
  const { result, trace: traced } = trace({ training: false }, draw =>
    assembly.learner.show(sampleOf(config, batch), draw),
  )
  const outputs = Object.fromEntries(result.map(({ pictures }, i) => [`${i}`, toStored(pictures)]))
  const program = compile({ outputs, names: assembly.names, draws: traced.draws }, target)
  return { program, columns: result.map(({ pictures: _, ...column }) => column) }
}

/** What a method keeps of a batch of pictures, taken at a place in its encoder: [N, width] */
export function represent(assembly: Assembly, sample: Sample, place = placeOf(assembly)): Tensor {
  const { learner } = assembly
  const see = vectorsAt(learner.modules.encoder, place)
  return learner.represent?.(sample, see) ?? see(toFloat(sample.image))
}

/**
 * Where in the encoder of a run its vectors are taken.
 * @throws LacunaError (wrong usage) when there is no such place
 */
export const placeOf = ({ learner }: Assembly, asked: PlaceOptions = {}): Place =>
  placeIn(learner.modules.encoder, asked, learner.pool)

/** The input of every program, `image` */
export function sampleOf({ size, channels }: AssemblyConfig, batch: number): Sample {
  return { image: input('image', [batch, size, size, channels], 'uint8') }
}
