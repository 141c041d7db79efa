import { afterAll, describe, expect, test } from 'vitest'
import { ntXent } from '../losses/ntxent.js'
import { initialValues } from '../nn/initialise.js'
import { batchNorm, conv2d, globalAverage, linear } from '../nn/layers.js'
import { layer, sequential, variablesOf } from '../nn/module.js'
import { adamW } from '../optim/optimisers.js'
import { compile } from '../program/compile.js'
import type { DeviceName } from '../program/devices.js'
import type { Precision } from '../program/lowering/emitter.js'
import { trace, variableOf } from '../program/trace.js'
import { derivative } from '../tensor/derivative.js'
import { concat } from '../tensor/movement.js'
import { input } from '../tensor/tensor.js'
import { openEngine } from './node/engine.js'
import { maxAbs, openDevice, randomArray } from './testing.js'

interface Trained {
  readonly losses: readonly number[]
  /** Of the weights, the statistics and the optimiser: those after two steps, written anew, and moved by a third */
  readonly state: ReadonlyMap<string, readonly number[]>
}

/** Three steps of a small SimCLR: bytes in, noise, convolutions, batch norm, NT-Xent, backward, AdamW. */
async function train(device: DeviceName, precision: Precision): Promise<Trained> {
  const model = sequential(
    conv2d(3, 8, 3, { stride: 2, padding: 1, bias: false }),
    batchNorm(8),
    layer(x => x.relu()),
    conv2d(8, 16, 3, { stride: 2, padding: 1 }),
    layer(x => globalAverage(x.gelu())),
    linear(16, 8),
  )
  const modelNames = new Map([...variablesOf(model)].map(([name, t]) => [t, name]))
  const { result, trace: traced } = trace({ training: true }, draw => {
    const image = input('image', [6, 8, 8, 3], 'uint8').cast('float').div(255).transpose(0, 3, 1, 2)
    const view = () => image.add(draw.normal(image.shape).mul(0.1))
    const { loss } = ntXent(model(concat([view(), view()])), 0.2)
    const variables = [...modelNames].filter(([variable]) => variableOf(variable).role !== 'statistic')
    const gradients = derivative(
      loss,
      variables.map(([variable]) => variable),
    )
    return {
      loss,
      trained: variables.map(([variable, name], i) => ({ name, variable, gradient: gradients[i] ?? loss })),
    }
  })
  const optimised = adamW({ epsilon: 1e-4 })(result.trained)
  const names = new Map([...modelNames, ...optimised.names])
  const updates = new Map([...traced.updates, ...optimised.updates])
  const engine = openEngine({ device, precision, threads: 1 })
  try {
    const computation = { outputs: { loss: result.loss }, updates, names, draws: traced.draws }
    await engine.load('train', compile(computation, { device, precision }))
    await engine.write(initialValues(modelNames, 1))
    const image = Uint8Array.from(randomArray([6, 8, 8, 3], { low: 0, high: 256 }).values)
    const losses: number[] = []
    for (const step of [0, 1, 2]) {
      if (step === 2) await engine.write((await engine.read()) as Map<string, Float32Array>) // as a resumed run does
      const feeds = { image, learningRate: [0.01], step: [step] }
      losses.push(Number((await engine.run('train', feeds, { seed: 1, step })).loss?.[0]))
    }
    const state = await engine.read()
    return { losses, state: new Map([...state].map(([name, values]) => [name, Array.from(values, Number)])) }
  } finally {
    await engine.close()
  }
}

const exact = await train('cpu', 'float64')
const webgpu = await openDevice('webgpu')

describe('three training steps', () => {
  afterAll(webgpu.close)

  test('learn', () => {
    expect(exact.losses[0]).toBeLessThan(Math.log(11) + 1)
    expect(exact.losses[2]).toBeLessThan(Number(exact.losses[0]))
  })

  test('give the losses and the state of float64 on cpu in float32', async () => agree(await train('cpu', 'float32')))

  test.skipIf(webgpu.problem)(`give the same on webgpu ${webgpu.problem ?? ''}`, async () =>
    agree(await train('webgpu', 'float32')),
  )
})

function agree({ losses, state }: Trained) {
  for (const [step, loss] of exact.losses.entries())
    expect(Math.abs(Number(losses[step]) - loss), `step ${step}`).toBeLessThan(1e-4)
  expect([...state.keys()]).toEqual([...exact.state.keys()])
  for (const [name, values] of exact.state)
    expect(maxAbs(values.map((value, i) => value - Number(state.get(name)?.[i]))), name).toBeLessThan(1e-4)
}
