import { expect, test } from 'vitest'
import { trainingProgram } from '#lacuna/assembly/programs.js'
import { cases } from './cases.js'
import { stepOf } from './step.js'

const target = { device: 'cpu', precision: 'float32' } as const
const SCHEDULED = ['learningRate', 'step', 'progress']

test.each([
  ['clip', 0],
  ['next-frame', 1], // of the moment, where there is one only
] as const)('the step of %s is fed what it reads; without augmentation the networks are the same', (method, draws) => {
  const { encoder } = cases.find(one => one.method === method) ?? { encoder: '' }
  const [whole, plain] = [false, true].map(plain => {
    const { assembly, config, feeds } = stepOf(method, { encoder, size: 32, batch: 4, plain })
    const { program, names } = trainingProgram(assembly, config, target)
    const others = new Set([...program.draws.map(({ name }) => name), ...SCHEDULED])
    const read = program.inputs.map(({ name }) => name).filter(name => !others.has(name))
    expect(Object.keys(feeds).sort()).toEqual(read.sort())
    return { names: [...names.values()], draws: program.draws.length }
  })
  expect(plain?.names).toEqual(whole?.names)
  expect(plain?.draws).toBe(draws)
})
