/**
 * One process of the benchmark: SimCLR training steps from uint8 pictures to AdamW, on the runner of `pretrain`. Prints
 * one line of JSON, a `StepMeasurement`, as `peers/torch_step.py` does.
 *
 * usage: node run-step.js ENCODER SIZE BATCH STEPS THREADS whole|plain
 */

import { assemble } from '#lacuna/assembly/programs.js'
import { simclr } from '#lacuna/methods/simclr.js'
import { encoderNamed } from '#lacuna/nn/encoders.js'
import { assemblePlain } from './plain-step.js'
import { configOf } from './step-measurement.js'
import { timedSteps } from './timed-steps.js'

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
const start = performance.now()
const assembly =
  kind === 'whole' ? assemble(config, { method: simclr, encoder: encoderNamed(encoder) }) : assemblePlain(config)
const image = Uint8Array.from({ length: batch * size * size * 3 }, () => 256 * Math.random())
console.log(JSON.stringify(await timedSteps({ assembly, config, feeds: { image }, steps, threads, start })))
