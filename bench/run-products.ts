/**
 * One process of the benchmark: the same training step with its products in fp32 and in int8, in turns, by the time that the
 * processor spends, which others on the machine hardly change. Prints one line of JSON, a `ProductsMeasurement`.
 *
 * usage: node run-products.js METHOD|sound ENCODER SIZE|SECONDS BATCH STEPS THREADS
 */

import { host } from '#host'
import { trainingProgram } from '#lacuna/assembly/programs.js'
import { targetFor } from '#lacuna/engine/host.js'
import { initialValues } from '#lacuna/nn/initialise.js'
import type { Products } from '#lacuna/program/lowering/emitter.js'
import type { ProductsMeasurement } from './records.js'
import { stepOf, type Trained } from './step.js'
import { WARM_UP } from './step-measurement.js'

const [method = 'simclr', encoder = 'vit-mini', ...numbers] = process.argv.slice(2)
const [size = 32, batch = 32, steps = 8, threads = 1] = numbers.map(Number)
const { assembly, config, feeds } = stepOf(method as Trained, { encoder, size, batch, plain: false })
const probed = await host.int8('cpu')

async function started(products: Products) {
  const target = { ...(await targetFor(host, { device: 'cpu', precision: 'float32' })), products }
  const { program, names } = trainingProgram(assembly, config, target)
  const runner = host.start({ threads })
  await runner.load('train', program)
  await runner.write(initialValues(names, config.seed))
  return { runner, seconds: [] as number[] }
}

const sides = { fp32: await started('fp32'), int8: await started('int8') }
for (let step = 0; step < WARM_UP + steps; step++)
  for (const { runner, seconds } of Object.values(sides)) {
    const begun = process.cpuUsage()
    await runner.run(
      'train',
      { ...feeds, learningRate: [config.learningRate], step: [step], progress: [0] },
      { seed: config.seed, step },
    )
    const { user, system } = process.cpuUsage(begun)
    seconds.push((user + system) / 1e6)
  }
for (const { runner } of Object.values(sides)) await runner.close()
const measured: ProductsMeasurement = {
  fp32: sides.fp32.seconds.slice(WARM_UP),
  int8: sides.int8.seconds.slice(WARM_UP),
  probed: probed?.exact ? probed.gain : 0,
}
console.log(JSON.stringify(measured))
