import { accumulatedPrograms } from '../assembly/accumulated.js'
import type { Assembly } from '../assembly/assemble.js'
import { cachedPrograms, gradientOf } from '../assembly/cached.js'
import type { RunConfig } from '../assembly/config.js'
import { type StepPrograms, trainingProgram } from '../assembly/programs.js'
import { isSum } from '../assembly/sums.js'
import type { Feeds, Runner } from '../engine/runner.js'
import type { Compared } from '../methods/method.js'
import type { Port, Program, Target } from '../program/compile.js'
import { type DrawKey, drawFeeds } from '../program/draws.js'
import type { ScheduledName } from '../program/trace.js'
import type { Values } from '../program/values.js'

export type Schedules = Readonly<Record<ScheduledName, readonly number[]>>

/** What a step is given: a batch of every channel, and random numbers that were drawn beforehand. */
export type StepInputs = Feeds

export interface LoadedStep {
  /** The random numbers of a step, as far as they can be drawn beforehand; `take` draws the others. */
  draw(drawKey: DrawKey): Feeds
  /** @returns `loss`, `gradientNorm` and the method's metrics */
  take(inputs: StepInputs, schedules: Schedules, drawKey: DrawKey): Promise<Record<string, Values>>
}

/** A training step, compiled, whether it is one program or several. */
export interface Stepper extends StepPrograms {
  /** What has to be kept for the training to go on */
  readonly state: readonly Port[]
  load(runner: Runner): Promise<LoadedStep>
}

/** The step of a run: the whole batch at once, or in chunks where its configuration says so. */
export function stepperOf(assembly: Assembly, config: RunConfig, target: Target): Stepper {
  const { training } = assembly.learner
  if (config.chunk === undefined) return whole(assembly, config, target)
  return 'step' in training ? accumulated(assembly, config, target) : cached(assembly, training, config, target)
}

function whole(assembly: Assembly, config: RunConfig, target: Target): Stepper {
  const { program, ...rest } = trainingProgram(assembly, config, target)
  return {
    ...rest,
    state: program.state,
    async load(runner) {
      await runner.load('train', program)
      return {
        draw: drawKey => drawFeeds(program.draws, program.precision, drawKey),
        take: (inputs, schedules, drawKey) => runner.run('train', { ...inputs, ...schedules }, drawKey),
      }
    },
  }
}

/** The gradients of all chunks are added up, then the optimiser takes a step. */
function accumulated(assembly: Assembly, config: RunConfig, target: Target): Stepper {
  const { gradient, update, ...rest } = accumulatedPrograms(assembly, config, target)
  const parts = partsOf(config)
  return {
    ...rest,
    ...inChunks({ gradient, update }, runner => async (inputs, schedules, drawKey) => {
      const means = new WeightedMeans()
      for (const part of parts.all) {
        const { weight, ...told } = await runner.run(
          'gradient',
          { ...schedules, ...parts.of(inputs, part) },
          { ...drawKey, part },
        )
        means.add(told, Number(weight?.[0]))
      }
      return { ...means.all(), ...(await runner.run('update', schedules, drawKey)) }
    }),
  }
}

/** The embeddings of all chunks are compared, then each chunk carries the gradients on; it draws the same numbers both times. */
function cached(assembly: Assembly, training: Compared, config: RunConfig, target: Target): Stepper {
  const { embed, compare, backward, update, embeddings, ...rest } = cachedPrograms(assembly, training, config, target)
  const parts = partsOf(config)
  return {
    ...rest,
    ...inChunks({ embed, compare, backward, update }, runner => async (inputs, schedules, drawKey) => {
      const given = (part: number): Feeds => ({ ...schedules, ...parts.of(inputs, part) })
      const made: Record<string, Values>[] = []
      for (const part of parts.all) made.push(await runner.run('embed', given(part), { ...drawKey, part }))
      const all = Object.fromEntries(embeddings.map(name => [name, joined(made.map(each => each[name] ?? []))]))
      const results = await runner.run('compare', { ...schedules, ...all }, drawKey)
      const gradients = Object.fromEntries(embeddings.map(name => [gradientOf(name), results[gradientOf(name)] ?? []]))
      for (const part of parts.all)
        await runner.run('backward', { ...given(part), ...parts.of(gradients, part) }, { ...drawKey, part })
      const told = Object.entries(results).filter(([name]) => !(name in gradients))
      return { ...Object.fromEntries(told), ...(await runner.run('update', schedules, drawKey)) }
    }),
  }
}

/** A step of several programs that share their variables. */
function inChunks(
  programs: Readonly<Record<string, Program>>,
  take: (runner: Runner) => LoadedStep['take'],
): Pick<Stepper, 'state' | 'load'> {
  const ports = new Map(Object.values(programs).flatMap(({ state }) => state.map(port => [port.name, port])))
  return {
    state: [...ports.values()].filter(({ name }) => !isSum(name)),
    async load(runner) {
      for (const [key, program] of Object.entries(programs)) await runner.load(key, program)
      return { draw: () => ({}), take: take(runner) }
    },
  }
}

/** The equal parts of a batch, by their numbers. */
function partsOf({ batch, chunk = batch }: RunConfig) {
  const count = batch / chunk
  return {
    all: Array.from({ length: count }, (_, part) => part),
    /** A copy, because all that lies behind a view would go to the worker with it */
    of: (feeds: Feeds, part: number): Feeds =>
      Object.fromEntries(
        Object.entries(feeds).map(([name, values]) => {
          const length = values.length / count
          return [name, (values as Float32Array).slice(part * length, (part + 1) * length)]
        }),
      ),
  }
}

/** Means of what each part gives, by the weights of the parts. */
class WeightedMeans {
  private readonly sums = new Map<string, number>()
  private weights = 0

  add(values: Readonly<Record<string, Values>>, weight: number): void {
    this.weights += weight
    for (const [name, [value]] of Object.entries(values))
      this.sums.set(name, (this.sums.get(name) ?? 0) + weight * Number(value))
  }

  all(): Record<string, Values> {
    return Object.fromEntries([...this.sums].map(([name, sum]) => [name, Float64Array.of(sum / this.weights)]))
  }
}

/** All parts one after the other, in float64, which holds both precisions. */
function joined(parts: readonly ArrayLike<number | bigint>[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  let start = 0
  for (const values of parts) {
    all.set(Array.from(values, Number), start)
    start += values.length
  }
  return all
}
