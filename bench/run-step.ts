/**
 * One process of the benchmark: training steps from uint8 pictures to AdamW, on the runner of `pretrain`. Prints one line of
 * JSON, a `StepMeasurement`, as `peers/torch_step.py` does.
 *
 * usage: node run-step.js METHOD ENCODER SIZE BATCH STEPS THREADS whole|plain fp32|int8
 */

import type { Case } from './cases.js'
import { stepOf } from './step.js'
import { timedSteps } from './timed-steps.js'

const [method = 'simclr', encoder = 'c4', size, batch, steps, threads, kind, products] = process.argv.slice(2)
const start = performance.now()
const step = stepOf(method as Case['method'], {
  encoder,
  size: Number(size),
  batch: Number(batch),
  plain: kind === 'plain',
})
const timed = await timedSteps({
  ...step,
  products: products === 'int8' ? 'int8' : 'fp32',
  ...{ steps: Number(steps), threads: Number(threads), start },
})
console.log(JSON.stringify(timed))
