/**
 * One process of the benchmark: steps of an encoder of sound with AdamW, on the runner of `pretrain`. Prints one line of JSON,
 * a `StepMeasurement`, as `peers/torch_sound.py` does.
 *
 * usage: node run-sound.js ENCODER SECONDS BATCH STEPS THREADS
 */

import { soundStepOf } from './sound-step.js'
import { timedSteps } from './timed-steps.js'

const [encoder = 'cpc-small', ...numbers] = process.argv.slice(2)
const [seconds = 2, batch = 8, steps = 5, threads = 1] = numbers.map(Number)
const start = performance.now()
console.log(JSON.stringify(await timedSteps({ ...soundStepOf({ encoder, seconds, batch }), steps, threads, start })))
