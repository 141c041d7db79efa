import type { Runner } from '../engine/runner.js'
import { LacunaError, messageOf } from '../errors.js'
import { readSafetensors, safetensorsParts } from '../formats/safetensors.js'
import type { Port } from '../program/compile.js'
import { folderOf, type RunFolder, type RunPlace } from './folder.js'

/** The whole state of a training: every variable, and how many steps were taken. */
export interface Checkpoint {
  readonly step: number
  readonly values: ReadonlyMap<string, ArrayLike<number>>
}

/** A program, or several that belong together, by what has to be kept of them. */
interface Stateful {
  readonly state: readonly Port[]
}

const LAST = 'checkpoint/state.safetensors'
/** The checkpoint before the last one */
const BEFORE = 'checkpoint/previous.safetensors'

export const hasCheckpoint = (run: RunPlace): boolean => [LAST, BEFORE].some(name => folderOf(run).has(name))

/**
 * Writes the variables of a runner beside the last checkpoint, which becomes the one before, and renames: a killed process
 * leaves the last one whole.
 * @param write does the writing, once the variables are read; the run may be elsewhere by then
 * @returns the variables that hold numbers that are not finite; where there are any, nothing is written
 */
export async function saveCheckpoint(
  run: RunPlace,
  runner: Runner,
  { state }: Stateful,
  step: number,
  write: (work: (run: RunPlace) => void) => void | Promise<void> = work => work(run),
): Promise<string[]> {
  const values = await runner.read(state.map(({ name }) => name))
  const tensors = new Map(
    state.map(({ name, shape }) => {
      const data = values.get(name)
      if (!(data instanceof Float32Array)) throw new Error(`variable ${name} is not float32`)
      return [name, { dtype: 'float32' as const, shape, data }]
    }),
  )
  const broken = [...tensors].filter(([, { data }]) => !allFinite(data)).map(([name]) => name)
  if (broken.length > 0) return broken
  const metadata = { step: `${step}`, format: 'lacuna' }
  await write(place => {
    const folder = folderOf(place)
    folder.write(LAST, safetensorsParts(folder.at(LAST), tensors, metadata, true), BEFORE)
  })
  return []
}

function allFinite(data: ArrayLike<number>): boolean {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return false
  return true
}

/** @throws LacunaError when there is none, or when it is damaged; it says whether the one before can be gone on from */
export function loadCheckpoint(run: RunPlace): Checkpoint {
  const folder = folderOf(run)
  if (!folder.has(LAST)) {
    // a process that is killed between two renames leaves the one before alone
    if (folder.has(BEFORE)) return read(folder, BEFORE)
    throw new LacunaError(`${folder.at()}: no checkpoint yet; train it with \`lacuna pretrain\` and let it save once`)
  }
  try {
    return read(folder, LAST)
  } catch (error) {
    const before = folder.has(BEFORE) ? attempt(folder, BEFORE) : undefined
    if (before === undefined || !(error instanceof LacunaError)) throw error
    throw new LacunaError(
      `${error.message}; the one before it, of step ${before.step}, is whole: \`lacuna pretrain … --resume\` goes on from there`,
    )
  }
}

/** The last checkpoint to go on from: the one before, where the last is damaged. */
export function loadLastWhole(run: RunPlace): Checkpoint & { readonly note?: string } {
  const folder = folderOf(run)
  if (!folder.has(LAST) || !folder.has(BEFORE)) return loadCheckpoint(folder)
  try {
    return read(folder, LAST)
  } catch (error) {
    const before = attempt(folder, BEFORE)
    if (before === undefined) throw error
    folder.rename(LAST, 'checkpoint/damaged.safetensors') // so that it never takes the place of the whole one
    return { ...before, note: `${messageOf(error)}: goes on from the checkpoint before it, of step ${before.step}` }
  }
}

function attempt(folder: RunFolder, name: string): Checkpoint | undefined {
  try {
    return read(folder, name)
  } catch {
    return undefined
  }
}

function read(folder: RunFolder, name: string): Checkpoint {
  const path = folder.at(name)
  const { tensors, metadata } = readSafetensors(folder.open(name))
  const step = Number(metadata.step)
  if (!Number.isInteger(step) || step < 0)
    throw new LacunaError(`${path}: says nothing of the step it was taken at; it is not a checkpoint of Lacuna`)
  const broken = [...tensors].filter(([, { data }]) => !allFinite(data as ArrayLike<number>)).map(([name]) => name)
  if (broken.length > 0)
    throw new LacunaError(
      `${path}: ${broken.length} variables hold numbers that are not finite (${broken.slice(0, 3).join(', ')}): the training had diverged; train again with a lower --lr`,
    )
  const values = new Map([...tensors].map(([name, { data }]) => [name, data as ArrayLike<number>]))
  return { step, values }
}

/** Puts the values of a checkpoint into the variables that a program has. */
export async function restore(
  runner: Runner,
  { state }: Stateful,
  { values }: Checkpoint,
  run: RunPlace,
): Promise<void> {
  const wanted = state.map(({ name, shape }) => {
    const stored = values.get(name)
    const size = shape.reduce((product, n) => product * n, 1)
    if (stored === undefined || stored.length !== size)
      throw new LacunaError(
        `${folderOf(run).at(LAST)}: ${name} ${stored === undefined ? 'is missing' : `has ${stored.length} values, expected ${size}`}; the checkpoint belongs to another run`,
      )
    return [name, stored] as const
  })
  await runner.write(new Map(wanted))
}
