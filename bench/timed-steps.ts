import { host } from '#host'
import type { Assembly } from '#lacuna/assembly/assemble.js'
import type { RunConfig } from '#lacuna/assembly/config.js'
import { trainingProgram } from '#lacuna/assembly/programs.js'
import { targetFor } from '#lacuna/engine/host.js'
import { initialValues } from '#lacuna/nn/initialise.js'
import { drawFeeds } from '#lacuna/program/draws.js'
import type { Products } from '#lacuna/program/lowering/emitter.js'
import { variableOf } from '#lacuna/program/trace.js'
import type { Values } from '#lacuna/program/values.js'
import { sizeOf } from '#lacuna/tensor/shape.js'
import { matmulGflops } from './matmul.js'
import { peakMegabytes } from './peak.js'
import { median } from './statistics.js'
import { type StepMeasurement, WARM_UP } from './step-measurement.js'

export interface TimedSteps {
  readonly assembly: Assembly
  readonly config: RunConfig
  /** The batch, the same at every step */
  readonly feeds: Readonly<Record<string, Values>>
  readonly steps: number
  readonly threads: number
  /** Of layers that may be multiplied in int8; fp32 unless told */
  readonly products?: Products
  /** When the assembly began, by `performance.now` */
  readonly start: number
}

/** Steps on the runner of `pretrain`, as it takes them. */
export async function timedSteps({ assembly, config, feeds, ...options }: TimedSteps): Promise<StepMeasurement> {
  const runner = host.start({ threads: options.threads })
  const { products = 'fp32' } = options
  const target = { ...(await targetFor(host, { device: 'cpu', precision: 'float32' })), products }
  const { program, names } = trainingProgram(assembly, config, target)
  await runner.load('train', program)
  const compileSeconds = secondsSince(options.start)
  await runner.write(initialValues(names, config.seed))

  const seconds: number[] = []
  const drawn = (step: number) => drawFeeds(program.draws, program.precision, { seed: config.seed, step })
  let draws = drawn(0)
  for (let step = 0; step < WARM_UP + options.steps; step++) {
    const begun = performance.now()
    const scheduled = { learningRate: [config.learningRate], step: [step], progress: [0] }
    const running = runner.run('train', { ...feeds, ...scheduled, ...draws })
    draws = drawn(step + 1) // while the step runs, as `pretrain` does
    const { loss } = await running
    seconds.push(secondsSince(begun))
    if (!Number.isFinite(loss?.[0])) throw new Error(`${config.encoder}: the loss is no number at step ${step}`)
  }
  const parameters = [...assembly.names.keys()].filter(v => variableOf(v).role !== 'statistic')
  const measured: StepMeasurement = {
    seconds: median(seconds.slice(WARM_UP)),
    firstStepSeconds: seconds[0] ?? Number.NaN,
    compileSeconds,
    peakMegabytes: peakMegabytes(),
    parameters: parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    gflop: program.flops / 1e9,
    matmulGflops: 0,
  }
  await runner.unload('train')
  const matmul = await matmulGflops(runner)
  await runner.close()
  return { ...measured, matmulGflops: matmul }
}

const secondsSince = (moment: number): number => (performance.now() - moment) / 1000
