/**
 * One process of the benchmark: where the time of a training step goes, by ONNX Runtime's own profile: of a step without
 * augmentation for pictures of SIZE pixels, or of an encoder of sound for windows of SIZE seconds. Prints one line of JSON.
 *
 * usage: node run-profile.js METHOD|sound ENCODER SIZE BATCH STEPS THREADS
 */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ort from 'onnxruntime-node'
import { host } from '#host'
import { trainingProgram } from '#lacuna/assembly/programs.js'
import { targetFor } from '#lacuna/engine/host.js'
import { tensorOf, zeros } from '#lacuna/engine/tensors.js'
import { initialValues } from '#lacuna/nn/initialise.js'
import { nextName, type Port } from '#lacuna/program/compile.js'
import { drawFeeds, drawType } from '#lacuna/program/draws.js'
import type { Values } from '#lacuna/program/values.js'
import { type KernelEvent, kernelEvents } from './ort-profile.js'
import { stepOf, type Trained } from './step.js'
import { WARM_UP } from './step-measurement.js'

const [method = 'simclr', encoder = 'c4', ...numbers] = process.argv.slice(2)
const [size = 32, batch = 32, steps = 4, threads = 1] = numbers.map(Number)
const { assembly, config, feeds: samples } = stepOf(method as Trained, { encoder, size, batch, plain: true })
const target = await targetFor(host, { device: 'cpu', precision: 'float32' })
const { program, names } = trainingProgram(assembly, config, target)
const given: Readonly<Record<string, Values>> = {
  ...Object.fromEntries(initialValues(names, config.seed)),
  ...samples,
  ...drawFeeds(program.draws, program.precision, { seed: 0, step: 0 }),
}
const directory = mkdtempSync(join(tmpdir(), 'lacuna-profile-'))
try {
  const session = await ort.InferenceSession.create(program.model, {
    intraOpNumThreads: threads,
    enableMemPattern: false,
    enableProfiling: true,
    profileFilePrefix: join(directory, 'profile'),
    logSeverityLevel: 3,
  })
  const read = new Set(session.inputNames)
  const draws = program.draws.map(spec => ({ ...spec, type: drawType(spec, program.precision) }))
  const feedOf = (port: Port) => (port.name in given ? tensorOf(ort, port, given[port.name]) : zeros(ort, port))
  const feeds = Object.fromEntries(
    [...program.inputs, ...draws, ...program.state.filter(({ name }) => read.has(name))].map(port => [
      port.name,
      feedOf(port),
    ]),
  )
  const fetches = Object.fromEntries([
    ...program.outputs.map(({ name }) => [name, null] as const),
    ...program.state.filter(({ updated }) => updated).map(port => [nextName(port.name), zeros(ort, port)] as const),
  ])
  for (let step = 0; step < WARM_UP + steps; step++) await session.run(feeds, fetches)
  session.endProfiling()
  await session.release()
  console.log(JSON.stringify({ operators: operators(directory) }))
} finally {
  rmSync(directory, { recursive: true, force: true })
}

/** Milliseconds of a step by kind of operator, most first. */
function operators(folder: string): { name: string; milliseconds: number }[] {
  const [file = ''] = readdirSync(folder)
  const kernels = kernelEvents(join(folder, file))
  const timed = kernels.slice(-Math.round((kernels.length / (WARM_UP + steps)) * steps))
  const sums = new Map<string, number>()
  for (const event of timed) sums.set(kindOf(event), (sums.get(kindOf(event)) ?? 0) + event.dur / 1000 / steps)
  return [...sums]
    .map(([name, milliseconds]) => ({ name, milliseconds }))
    .sort((a, b) => b.milliseconds - a.milliseconds)
}

/** A convolution of single channels is how norms are applied in blocked layout: apart from the others. */
function kindOf({ args }: KernelEvent): string {
  const [, weight] = (args.input_type_shape ?? []).map(shape => Object.values(shape)[0] ?? [])
  const single = args.op_name === 'Conv' && weight?.slice(1).every(n => n === 1)
  return single ? 'Conv of single channels' : args.op_name
}
