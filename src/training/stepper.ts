import { chunkedPrograms, sumOf } from '../assembly/chunked.js'
import type { RunConfig } from '../assembly/config.js'
import { type Assembly, trainingProgram } from '../assembly/programs.js'
import type { Feeds, Runner } from '../engine/runner.js'
import type { Port, Target } from '../program/compile.js'
import type { Moment } from '../program/draws.js'
import { drawFeeds } from '../program/draws.js'
import type { ScheduledName } from '../program/trace.js'
import type { Values } from '../program/values.js'
import type { Tensor } from '../tensor/tensor.js'

export type Schedules = Readonly<Record<ScheduledName, readonly number[]>>

/** What a step is given: a batch, uint8 [batch, H, W, C], and random numbers that were drawn beforehand. */
export type StepInputs = Feeds & { readonly image: Uint8Array }

export interface Step {
  /** The random numbers of a step, as far as they can be drawn beforehand; `take` draws the others. */
  draw(moment: Moment): Feeds
  /** @returns `loss`, `gradientNorm` and the method's metrics */
  take(inputs: StepInputs, schedules: Schedules, moment: Moment): Promise<Record<string, Values>>
}

/** A training step, compiled, whether it is one program or several. */
export interface Stepper {
  /** Every variable with its name, those of the optimiser too */
  readonly names: ReadonlyMap<Tensor, string>
  /** What has to be kept for the training to go on */
  readonly state: readonly Port[]
  readonly chance: number
  /** Times that the encoder sees a picture in a step */
  readonly viewsPerPicture: number
  load(runner: Runner): Promise<Step>
}

/** The step of a run: the whole batch at once, or in chunks where its configuration says so. */
export const stepperOf = (assembly: Assembly, config: RunConfig, target: Target): Stepper =>
  config.chunk === undefined ? whole(assembly, config, target) : inChunks(assembly, config, target)

function whole(assembly: Assembly, config: RunConfig, target: Target): Stepper {
  const { program, ...rest } = trainingProgram(assembly, config, target)
  return {
    ...rest,
    state: program.state,
    async load(runner) {
      await runner.load('train', program)
      return {
        draw: moment => drawFeeds(program.draws, program.precision, moment),
        take: (inputs, schedules, moment) => runner.run('train', { ...inputs, ...schedules }, moment),
      }
    },
  }
}

function inChunks(assembly: Assembly, config: RunConfig, target: Target): Stepper {
  const { embed, compare, backward, update, ...rest } = chunkedPrograms(assembly, config, target)
  const programs = { embed, compare, backward, update }
  const ports = new Map(Object.values(programs).flatMap(({ state }) => state.map(port => [port.name, port])))
  const sums = new Set([...rest.names.values()].map(sumOf))
  const chunks = config.batch / (config.chunk ?? config.batch)
  return {
    ...rest,
    state: [...ports.values()].filter(({ name }) => !sums.has(name)),
    async load(runner) {
      for (const [key, program] of Object.entries(programs)) await runner.load(key, program)
      const take: Step['take'] = async ({ image }, schedules, { seed, step }) => {
        // both passes over a chunk draw the same numbers; every chunk of the training draws its own
        const moment = (i: number): Moment => ({ seed, step: step * chunks + i })
        const pictures = (i: number): Feeds => ({ ...schedules, image: part(image, i, chunks) })
        const parts: Values[] = []
        for (let i = 0; i < chunks; i++) {
          const { embeddings } = await runner.run('embed', pictures(i), moment(i))
          if (embeddings !== undefined) parts.push(embeddings)
        }
        const feeds = { ...schedules, embeddings: joined(parts) }
        const { gradient = [], ...compared } = await runner.run('compare', feeds, { seed, step })
        for (let i = 0; i < chunks; i++)
          await runner.run('backward', { ...pictures(i), gradient: part(gradient, i, chunks) }, moment(i))
        return { ...compared, ...(await runner.run('update', schedules, { seed, step })) }
      }
      return { draw: () => ({}), take }
    },
  }
}

/** One of so many equal parts; a copy, because all that lies behind a view would go to the worker with it. */
function part<Row extends { readonly length: number; slice(start: number, end: number): Row }>(
  values: Row,
  i: number,
  parts: number,
): Row {
  const length = values.length / parts
  return values.slice(i * length, (i + 1) * length)
}

/** All parts one after the other, in float64, which holds both precisions. */
function joined(parts: readonly Values[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  let start = 0
  for (const values of parts) {
    all.set(Array.from(values, Number), start)
    start += values.length
  }
  return all
}
