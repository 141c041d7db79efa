import { z } from 'zod'
import { LacunaError } from '../errors.js'
import { methodNamed } from '../methods/index.js'
import type { Learner, Measure, Method, Sample } from '../methods/method.js'
import { makeEncoder } from '../nn/encoders.js'
import { module, variablesOf } from '../nn/module.js'
import { type Computation, compile, type Program, type Target } from '../program/compile.js'
import { adamW, clipByGlobalNorm, lars, type Optimiser, sgd } from '../program/optimisers.js'
import { type Draw, trace, variableOf } from '../program/trace.js'
import { derivative } from '../tensor/derivative.js'
import { input, type Tensor } from '../tensor/tensor.js'
import { toFloat, toStored } from '../views/picture.js'
import { issuesOf, type RunConfig } from './config.js'

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
  const { result, trace: traced } = trace({ training: true, checkpointing: config.checkpointActivations }, draw => {
    const { loss, metrics, chance, views, adversary } = learner.step(sampleOf(config, config.batch), draw)
    const variables = [...names].filter(([variable]) => variableOf(variable).role !== 'statistic')
    const opposed = new Set(adversary?.modules.flatMap(part => [...variablesOf(part).values()]))
    const main = optimised(
      loss,
      variables.filter(([variable]) => !opposed.has(variable)),
      config,
    )
    const against =
      adversary &&
      optimised(
        adversary.loss,
        variables.filter(([variable]) => opposed.has(variable)),
        config,
        adversary.rate,
      )
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

/**
 * What variables hold after a step down the slope of a loss, and the common length of all slopes.
 * @param rate multiplies the learning rate: all optimisers move a variable in proportion to it
 */
function optimised(loss: Tensor, variables: readonly (readonly [Tensor, string])[], config: RunConfig, rate = 1) {
  const slopes = derivative(
    loss,
    variables.map(([variable]) => variable),
  )
  const trained = variables.map(([variable, name], i) => ({ name, variable, gradient: slopes[i] ?? loss }))
  const { clipped, length } = clipByGlobalNorm(trained, config.clip > 0 ? config.clip : Number.MAX_VALUE)
  const { updates, names } = optimiserOf(config)(config.clip > 0 ? clipped : trained)
  const moved = ([variable]: readonly [Tensor, string]) =>
    [variable, variable.add((updates.get(variable) ?? variable).sub(variable).mul(rate))] as const
  return { updates: rate === 1 ? updates : new Map([...updates, ...variables.map(moved)]), names, length }
}

/** The representation of `batch` pictures, output `features` [batch, width]. */
export function embeddingProgram(assembly: Assembly, config: AssemblyConfig, batch: number, target: Target): Program {
  const { result, trace: traced } = trace({ training: false }, () => represent(assembly, sampleOf(config, batch)))
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

/** What the method shows and hides, outputs `0`, `1`, … uint8 [batch, H, W, C], and their titles. */
export function showProgram(assembly: Assembly, config: AssemblyConfig, batch: number, target: Target) {
  const { result, trace: traced } = trace({ training: false }, draw =>
    assembly.learner.show(sampleOf(config, batch), draw),
  )
  const outputs = Object.fromEntries(result.map(({ pictures }, i) => [`${i}`, toStored(pictures)]))
  const program = compile({ outputs, names: assembly.names, draws: traced.draws }, target)
  return { program, titles: result.map(({ title }) => title) }
}

/** What a method keeps of a batch of pictures: [N, width] */
export function represent({ learner }: Assembly, sample: Sample): Tensor {
  return learner.represent?.(sample) ?? learner.modules.encoder(toFloat(sample.image))
}

/** The input of every program, `image` */
export function sampleOf({ size, channels }: AssemblyConfig, batch: number): Sample {
  return { image: input('image', [batch, size, size, channels], 'uint8') }
}

function optimiserOf({ optimiser, weightDecay }: RunConfig): Optimiser {
  return { adamw: adamW, sgd, lars }[optimiser]({ weightDecay })
}
