import { readdirSync, readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../data/testing.js'
import type { Engine } from '../engine/engine.js'
import { openEngine } from '../engine/node/engine.js'
import { randomArray } from '../engine/testing.js'
import { LacunaError } from '../errors.js'
import { writeSafetensors } from '../formats/index.js'
import { compile, type Program } from '../program/compile.js'
import { filled, variable } from '../program/trace.js'
import type { Tensor } from '../tensor/tensor.js'
import { hasCheckpoint, loadCheckpoint, loadLastWhole, restore, saveCheckpoint } from './checkpoint.js'
import { memoryFolder } from './testing.js'

const [shapeA, shapeB] = [[2, 3], [4]] as const

/** Adds 1 to `a` at each run; `b` stays. */
function program(names: readonly ('a' | 'b')[], shape: readonly number[] = shapeA): Program {
  const a = variable(shape, filled(0)(shape))
  const b = variable(shapeB, filled(0)(shapeB))
  const all = { a, b }
  const outputs = Object.fromEntries(names.map(name => [`sum ${name}`, all[name].sum()]))
  const updates = new Map<Tensor, Tensor>(names.includes('a') ? [[a, a.add(1)]] : [])
  const target = { device: 'cpu', precision: 'float32' } as const
  return compile({ outputs, updates, names: new Map(names.map(name => [all[name], name])) }, target)
}

async function engineWith(loaded: Program): Promise<Engine> {
  const engine = openEngine({ device: 'cpu', precision: 'float32', threads: 1 })
  onTestFinished(() => engine.close())
  await engine.load('p', loaded)
  return engine
}

const values = new Map([
  ['a', randomArray(shapeA, { seed: 1 }).values.map(Math.fround)],
  ['b', randomArray(shapeB, { seed: 2 }).values.map(Math.fround)],
])

/** A folder with a checkpoint of both variables at step 7. */
async function saved(): Promise<string> {
  const folder = temporaryFolder()
  const both = program(['a', 'b'])
  const engine = await engineWith(both)
  await engine.write(values)
  await saveCheckpoint(folder, engine, both, 7)
  return folder
}

test('all variables come back in a new runner, bit by bit, with the step', async () => {
  const folder = temporaryFolder()
  expect(hasCheckpoint(folder)).toBe(false)
  const both = program(['a', 'b'])
  const engine = await engineWith(both)
  await engine.write(values)
  await engine.run('p')
  await saveCheckpoint(folder, engine, both, 7)
  expect(hasCheckpoint(folder)).toBe(true)
  const checkpoint = loadCheckpoint(folder)
  expect(checkpoint.step).toBe(7)
  const other = await engineWith(both)
  await restore(other, both, checkpoint, folder)
  expect(await other.read()).toEqual(await engine.read())
  expect(Array.from((await other.read()).get('a') ?? [], Number)).toEqual(values.get('a')?.map(x => Math.fround(x + 1)))
})

test('a later checkpoint replaces the earlier one, which is kept beside it', async () => {
  const folder = await saved()
  const both = program(['a', 'b'])
  const engine = await engineWith(both)
  await saveCheckpoint(folder, engine, both, 8)
  const { step, values: zeros } = loadCheckpoint(folder)
  expect([step, ...(zeros.get('b') as Float32Array)]).toEqual([8, 0, 0, 0, 0])
  expect(readdirSync(join(folder, 'checkpoint')).sort()).toEqual(['previous.safetensors', 'state.safetensors'])
})

test('a program with fewer variables takes its own', async () => {
  const folder = await saved()
  const part = program(['b'])
  const engine = await engineWith(part)
  await restore(engine, part, loadCheckpoint(folder), folder)
  expect(Array.from((await engine.read(['b'])).get('b') ?? [], Number)).toEqual(values.get('b'))
})

test('a variable that is missing, or of another size, is named; nothing is written', async () => {
  const folder = await saved()
  const path = join(folder, 'checkpoint', 'state.safetensors')
  const wide = program(['b', 'a'], [2, 4])
  const engine = await engineWith(wide)
  const checkpoint = loadCheckpoint(folder)
  await expect(restore(engine, wide, checkpoint, folder)).rejects.toThrow(
    new LacunaError(`${path}: a has 6 values, expected 8; the checkpoint belongs to another run`),
  )
  expect([...((await engine.read(['b'])).get('b') ?? [])]).toEqual([0, 0, 0, 0])
  const partial = { ...checkpoint, values: new Map([...checkpoint.values].filter(([name]) => name === 'b')) }
  await expect(restore(engine, wide, partial, folder)).rejects.toThrow(
    new LacunaError(`${path}: a is missing; the checkpoint belongs to another run`),
  )
})

test('none, one cut short, and a file of someone else are each refused in one line', async () => {
  const empty = temporaryFolder()
  expect(() => loadCheckpoint(empty)).toThrow(/^[^\n]*: no checkpoint yet; [^\n]*$/)
  const folder = await saved()
  const path = join(folder, 'checkpoint', 'state.safetensors')
  truncateSync(path, 150)
  expect(() => loadCheckpoint(folder)).toThrow(LacunaError)
  expect(() => loadCheckpoint(folder)).toThrow(path)
  for (const step of [undefined, 'x', '-1', '1.5']) {
    const tensor = { dtype: 'float32', shape: [1], data: Float32Array.of(1) } as const
    writeSafetensors(path, new Map([['a', tensor]]), step === undefined ? {} : { step })
    expect(() => loadCheckpoint(folder)).toThrow(`${path}: says nothing of the step`)
  }
})

test('a folder in memory holds the same bytes as a directory, and goes on from the checkpoint before where the last is damaged', async () => {
  const [directory, memory] = [temporaryFolder(), memoryFolder()]
  const both = program(['a', 'b'])
  const engine = await engineWith(both)
  await engine.write(values)
  for (const step of [7, 8]) {
    await engine.run('p')
    for (const run of [directory, memory]) await saveCheckpoint(run, engine, both, step)
  }
  for (const name of readdirSync(join(directory, 'checkpoint')))
    expect(Buffer.from(memory.files.get(`checkpoint/${name}`) ?? [])).toEqual(
      readFileSync(join(directory, 'checkpoint', name)),
    )
  expect(loadCheckpoint(memory)).toEqual(loadCheckpoint(directory))
  const last = memory.files.get('checkpoint/state.safetensors')
  last?.set([1], last.length - 1)
  expect(() => loadCheckpoint(memory)).toThrow(/damaged.*checksum.*the one before it, of step 7/)
  expect(loadLastWhole(memory)).toMatchObject({ step: 7, note: expect.stringMatching(/of step 7/) })
  expect(hasCheckpoint(memory)).toBe(true)
  expect(loadLastWhole(memory).step).toBe(7) // the damaged one is out of the way
})
