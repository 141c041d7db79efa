/**
 * One process of the benchmark: steps of an encoder of sound with AdamW, on the runner of `pretrain`. Prints one line of JSON,
 * a `StepMeasurement`, as `peers/torch_sound.py` does.
 *
 * usage: node run-sound.js ENCODER SECONDS BATCH STEPS THREADS fp32|int8
 */

import type { Products } from '#lacuna/program/lowering/emitter.js'
import { soundStepOf } from './sound-step.js'
import { timedSteps } from './timed-steps.js'

const [encoder = 'cpc-small', ...numbers] = process.argv.slice(2)
const [seconds = 2, batch = 8, steps = 5, threads = 1] = numbers.slice(0, 4).map(Number)
const products = (numbers[4] ?? 'fp32') as Products
const start = performance.now()
const step = soundStepOf({ encoder, seconds, batch })
console.log(JSON.stringify(await timedSteps({ ...step, products, steps, threads, start })))
