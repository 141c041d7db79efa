/**
 * One process of the benchmark: steps of an encoder of sound with AdamW, on the runner of `pretrain`. Prints one line of JSON,
 * a `StepMeasurement`, as `peers/torch_sound.py` does.
 *
 * usage: node run-sound.js ENCODER SECONDS BATCH STEPS THREADS
 */

import { assemble } from '#lacuna/assembly/assemble.js'
import type { RunConfig } from '#lacuna/assembly/config.js'
import { encoderNamed } from '#lacuna/nn/encoders.js'
import { soundStep } from './sound-step.js'
import { configOf } from './step-measurement.js'
import { timedSteps } from './timed-steps.js'

const [encoder = 'cpc-small', ...numbers] = process.argv.slice(2)
const [seconds = 2, batch = 8, steps = 5, threads = 1] = numbers.map(Number)
const [rate, length] = [16_000, 16_000 * seconds]

const start = performance.now()
const channels: RunConfig['channels'] = { audio: { kind: 'audio', rate, length } }
const config = { ...configOf(encoder, 32, batch), method: soundStep.name, options: { seconds }, channels }
const assembly = assemble(config, { method: soundStep, encoder: encoderNamed(encoder) })
const feeds = {
  audio: Float32Array.from({ length: batch * length }, () => Math.random() - 0.5),
  'audio.lengths': BigInt64Array.from({ length: batch }, () => BigInt(length)),
}
console.log(JSON.stringify(await timedSteps({ assembly, config, feeds, steps, threads, start })))
