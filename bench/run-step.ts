/**
 * One process of the benchmark: SimCLR training steps from uint8 pictures to AdamW, on the runner of `pretrain`. Prints
 * one line of JSON, a `StepMeasurement`, as `peers/torch_step.py` does.
 *
 * usage: node run-step.js ENCODER SIZE BATCH STEPS THREADS whole|plain
 */

import { host } from '#host'
import { assemble, trainingProgram } from '#lacuna/assembly/programs.js'
import { targetFor } from '#lacuna/engine/host.js'
import { simclr } from '#lacuna/methods/simclr.js'
import { encoderNamed } from '#lacuna/nn/encoders.js'
import { initialValues } from '#lacuna/nn/initialise.js'
import { drawFeeds } from '#lacuna/program/draws.js'
import { variableOf } from '#lacuna/program/trace.js'
import { sizeOf } from '#lacuna/tensor/shape.js'
import { matmulGflops } from './matmul.js'
import { assemblePlain } from './plain-step.js'
import { median } from './statistics.js'
import { configOf, type StepMeasurement, WARM_UP } from './step-measurement.js'

const [encoder = 'c4', size = 32, batch = 32, steps = 8, threads = 1, kind = 'whole'] = process.argv
  .slice(2)
  .map(text => (Number.isNaN(Number(text)) ? text : Number(text))) as [
  string?,
  number?,
  number?,
  number?,
  number?,
  string?,
]

const config = configOf(encoder, size, batch)
const runner = host.start({ threads })
const start = performance.now()
const assembly =
  kind === 'whole' ? assemble(config, { method: simclr, encoder: encoderNamed(encoder) }) : assemblePlain(config)
const target = await targetFor(host, { device: 'cpu', precision: 'float32' })
const { program, names } = trainingProgram(assembly, config, target)
await runner.load('train', program)
const compileSeconds = secondsSince(start)
await runner.write(initialValues(names, config.seed))

const image = Uint8Array.from({ length: batch * size * size * 3 }, () => 256 * Math.random())
const seconds: number[] = []
const drawn = (step: number) => drawFeeds(program.draws, program.precision, { seed: config.seed, step })
let draws = drawn(0)
for (let step = 0; step < WARM_UP + steps; step++) {
  const begun = performance.now()
  const running = runner.run('train', {
    image,
    learningRate: [config.learningRate],
    step: [step],
    progress: [0],
    ...draws,
  })
  draws = drawn(step + 1) // while the step runs, as `pretrain` does
  const { loss } = await running
  seconds.push(secondsSince(begun))
  if (!Number.isFinite(loss?.[0])) throw new Error(`${encoder}: the loss is no number at step ${step}`)
}
const parameters = [...assembly.names.keys()].filter(v => variableOf(v).role !== 'statistic')
const measured: StepMeasurement = {
  seconds: median(seconds.slice(WARM_UP)),
  firstStepSeconds: seconds[0] ?? Number.NaN,
  compileSeconds,
  peakMegabytes: process.resourceUsage().maxRSS / 1024,
  parameters: parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
  gflop: program.flops / 1e9,
  matmulGflops: 0,
}
await runner.unload('train')
console.log(JSON.stringify({ ...measured, matmulGflops: await matmulGflops(runner) }))
await runner.close()

function secondsSince(moment: number): number {
  return (performance.now() - moment) / 1000
}
