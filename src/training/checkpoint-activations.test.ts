import { expect, test } from 'vitest'
import { cachedPrograms } from '../assembly/cached.js'
import type { RunConfig } from '../assembly/config.js'
import { trainingProgram } from '../assembly/programs.js'
import { openEngine } from '../engine/node/engine.js'
import { relativeError } from '../engine/testing.js'
import { initialValues } from '../nn/initialise.js'
import { assembled, configOf, pictured, whiteNoise } from './testing.js'

const target = { device: 'cpu', precision: 'float64' } as const

/** Everything that two steps leave in the variables, and the number of nodes of the program. */
async function trained(config: RunConfig) {
  const assembly = assembled(config)
  const { program, names } = trainingProgram(assembly, config, target)
  const engine = openEngine({ ...target, threads: 1 })
  try {
    await engine.load('train', program)
    const start = new Map(initialValues(names, config.seed))
    await engine.write(start)
    for (const step of [0, 1]) {
      const feeds = { image: whiteNoise(config, step), learningRate: [1e-3], step: [step], progress: [0] }
      await engine.run('train', feeds, { seed: config.seed, step })
    }
    return { start, state: await engine.read(), nodes: program.nodes }
  } finally {
    await engine.close()
  }
}

test.each([
  ['simclr', 'c4-half', {}],
  ['simclr', 'vit:dim=24,depth=3,heads=2,patch=4', { clip: 1 }],
  ['mae', 'vit:dim=24,depth=2,heads=2,patch=4', {}],
  ['rotation', 'c4-half', {}],
  ['context-encoder', 'c4-half', {}],
] as const)(
  'a step of %s with %s that computes activations again leaves the same state',
  async (method, encoder, other) => {
    const prepared = { mean: [0.5, 0.5, 0.5], variance: 0.1 }
    const config = configOf(
      method,
      {},
      { encoder, batch: 4, channels: pictured(method === 'context-encoder' ? 32 : 16), prepared, ...other },
    )
    const plain = await trained(config)
    const again = await trained({ ...config, checkpointActivations: true })
    expect(again.nodes).toBeGreaterThan(plain.nodes)
    expect([...again.state.keys()]).toEqual([...plain.state.keys()])
    for (const [name, values] of plain.state)
      expect(
        relativeError(Array.from(again.state.get(name) ?? [], Number), Array.from(values, Number)),
        name,
      ).toBeLessThan(1e-12)
    const moved = [...plain.state].filter(([name, values]) => {
      const before = Array.from(plain.start.get(name) ?? [], Number)
      return relativeError(Array.from(values, Number), before) > 0
    })
    expect(moved.length).toBeGreaterThan(10)
  },
)

test('so does a step of SimCLR in chunks, whose second pass over a chunk computes them again', () => {
  const config = configOf('simclr', {}, { encoder: 'vit:dim=24,depth=3,heads=2,patch=4', batch: 4, chunk: 2 })
  const assembly = assembled(config)
  const { training } = assembly.learner
  if ('step' in training) throw new Error('SimCLR compares')
  const programs = (given: RunConfig) => cachedPrograms(assembly, training, given, target)
  const [plain, again] = [programs(config), programs({ ...config, checkpointActivations: true })]
  expect(again.backward.nodes).toBeGreaterThan(plain.backward.nodes)
  expect(again.embed.nodes).toBe(plain.embed.nodes)
})
