import { expect, test } from 'vitest'
import { host } from '#host'
import { openEngine } from '../engine/node/engine.js'
import { initialValues } from '../nn/initialise.js'
import type { Program } from '../program/compile.js'
import type { Values } from '../program/values.js'
import type { Tensor } from '../tensor/tensor.js'
import { assembled, configOf, whiteNoise } from '../training/testing.js'
import { trainingProgram } from './programs.js'

const target = { device: 'cpu', precision: 'float32' } as const

/** Losses, and all variables after a few steps. */
async function trained(program: Program, names: ReadonlyMap<Tensor, string>, config: ReturnType<typeof configOf>) {
  const engine = openEngine({ ...target, threads: 1 })
  try {
    await engine.load('train', program)
    await engine.write(initialValues(names, config.seed))
    const losses: number[] = []
    for (let step = 0; step < 3; step++) {
      const feeds = { image: whiteNoise(config, step), learningRate: [0.01], step: [step], progress: [0] }
      losses.push(Number((await engine.run('train', feeds, { seed: 0, step })).loss?.[0]))
    }
    const bytes = (values: Values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)
    return { losses, state: Buffer.concat([...(await engine.read()).values()].map(bytes)) }
  } finally {
    await engine.close()
  }
}

test.each([
  ['simclr', 'c4-half', {}],
  ['simclr', 'c4', { optimiser: 'sgd', batch: 4, clip: 1 }],
  ['simclr', 'vit:dim=16,depth=2,heads=2,patch=8', { optimiser: 'lars' }],
  ['context-encoder', 'c4-half', { prepared: { mean: [0.5, 0.5, 0.5], variance: 0.1 } }],
] as const)('writing over variables changes nothing, to the last bit: %s, %s', async (method, encoder, changes) => {
  const options = method === 'context-encoder' ? { adversary: 0.3 } : {}
  const config = configOf(method, options, { batch: 8, weightDecay: 0.1, encoder, ...changes })
  const { program, names } = trainingProgram(assembled(config), config, {
    ...target,
    block: await host.block('cpu'),
  })
  // an adversary's weights are read by a backward that its own step does not wait for
  const kept = program.state.filter(({ inPlace }) => !inPlace).map(({ name }) => name)
  expect(new Set(kept.map(name => name.split('.')[0]))).toEqual(new Set(method === 'context-encoder' ? ['judge'] : []))
  const beside = { ...program, state: program.state.map(port => ({ ...port, inPlace: false })) }
  const [found, expected] = [await trained(program, names, config), await trained(beside, names, config)]
  expect(new Set(found.losses).size).toBe(3)
  expect(found.losses).toEqual(expected.losses)
  expect(found.state.equals(expected.state)).toBe(true)
})
