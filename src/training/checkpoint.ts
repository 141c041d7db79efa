import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { LacunaError } from '../errors.js'
import { readSafetensors, writeSafetensors } from '../formats/index.js'
import type { Port } from '../program/compile.js'
import type { Runner } from '../program/engine.js'

/** The whole state of a training: every variable, and how many steps were taken. */
export interface Checkpoint {
  readonly step: number
  readonly values: ReadonlyMap<string, ArrayLike<number>>
}

/** A program, or several that belong together, by what has to be kept of them. */
interface Stateful {
  readonly state: readonly Port[]
}

const pathIn = (directory: string) => join(directory, 'checkpoint', 'state.safetensors')

export const hasCheckpoint = (directory: string): boolean => existsSync(pathIn(directory))

/** Writes the variables of a runner beside the old checkpoint and renames: a killed process leaves the old one whole. */
export async function saveCheckpoint(
  directory: string,
  runner: Runner,
  { state }: Stateful,
  step: number,
): Promise<void> {
  const values = await runner.read(state.map(({ name }) => name))
  const tensors = new Map(
    state.map(({ name, shape }) => {
      const data = values.get(name)
      if (!(data instanceof Float32Array)) throw new Error(`variable ${name} is not float32`)
      return [name, { dtype: 'float32' as const, shape, data }]
    }),
  )
  writeSafetensors(pathIn(directory), tensors, { step: `${step}`, format: 'lacuna' })
}

/** @throws LacunaError when there is none, or when it is damaged */
export function loadCheckpoint(directory: string): Checkpoint {
  const path = pathIn(directory)
  if (!existsSync(path))
    throw new LacunaError(`${directory}: no checkpoint yet; train it with \`lacuna pretrain\` and let it save once`)
  const { tensors, metadata } = readSafetensors(path)
  const step = Number(metadata.step)
  if (!Number.isInteger(step) || step < 0)
    throw new LacunaError(`${path}: says nothing of the step it was taken at; it is not a checkpoint of Lacuna`)
  const values = new Map([...tensors].map(([name, { data }]) => [name, data as ArrayLike<number>]))
  return { step, values }
}

/** Puts the values of a checkpoint into the variables that a program has. */
export async function restore(
  runner: Runner,
  { state }: Stateful,
  { values }: Checkpoint,
  directory: string,
): Promise<void> {
  const wanted = state.map(({ name, shape }) => {
    const stored = values.get(name)
    const size = shape.reduce((product, n) => product * n, 1)
    if (stored === undefined || stored.length !== size)
      throw new LacunaError(
        `${pathIn(directory)}: ${name} ${stored === undefined ? 'is missing' : `has ${stored.length} values, expected ${size}`}; the checkpoint belongs to another run`,
      )
    return [name, stored] as const
  })
  await runner.write(new Map(wanted))
}
