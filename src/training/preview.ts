import type { RunConfig } from '../assembly/config.js'
import { type Assembly, type AssemblyConfig, assemble, showProgram } from '../assembly/programs.js'
import { feedsOf } from '../channels/gathered.js'
import type { PictureSet } from '../data/index.js'
import { shuffled } from '../data/index.js'
import { startRunner } from '../engine/node/runner.js'
import type { Runner } from '../engine/runner.js'
import type { Shown } from '../methods/method.js'
import { initialValues } from '../nn/initialise.js'
import { hasCheckpoint, loadCheckpoint, restore } from '../runs/checkpoint.js'
import { readConfig } from '../runs/config.js'

/** Columns of pictures: as stored, and what the method makes of them; uint8 [H, W, C] each. */
export interface Preview {
  readonly columns: readonly PreviewColumn[]
  /** Whether what was guessed comes from a trained network */
  readonly trained: boolean
  readonly names: readonly string[]
  readonly size: number
  readonly channels: 1 | 3
}

export interface PreviewColumn extends Omit<Shown, 'pictures'> {
  readonly pictures: readonly Uint8Array[]
}

/** What a method shows and hides on some of the pictures, before a step is trained. */
export async function preview(config: AssemblyConfig, pictures: PictureSet, count: number, seed = 0): Promise<Preview> {
  const assembly = assemble(config)
  const shown = await show(assembly, config, pictures, count, seed, async runner =>
    runner.write(initialValues(assembly.names, seed)),
  )
  const columns = shown.columns.map(column => ({
    ...column,
    title: column.guessed ? `untrained: ${column.title}` : column.title,
  }))
  return { ...shown, columns, trained: false }
}

/** The same through the trained network of a run. */
export async function previewRun(directory: string, pictures: PictureSet, count: number): Promise<Preview> {
  const config: RunConfig = readConfig(directory)
  if (!hasCheckpoint(directory)) return preview(config, pictures, count, config.seed)
  const checkpoint = loadCheckpoint(directory)
  const shown = await show(assemble(config), config, pictures, count, config.seed, (runner, program) =>
    restore(runner, program, checkpoint, directory),
  )
  return { ...shown, trained: true }
}

type Fill = (runner: Runner, program: ReturnType<typeof showProgram>['program']) => Promise<void>

async function show(
  assembly: Assembly,
  config: AssemblyConfig,
  pictures: PictureSet,
  wanted: number,
  seed: number,
  fill: Fill,
): Promise<Omit<Preview, 'trained'>> {
  const count = Math.min(wanted, pictures.items.length)
  const positions = shuffled(pictures.items.length, seed, 0).slice(0, count)
  const runner = startRunner()
  try {
    const { program, columns } = showProgram(assembly, count, { device: 'cpu', precision: 'float32' })
    await runner.load('show', program)
    if (program.state.length > 0) await fill(runner, program)
    const given = pictures.as(assembly.channels).gather(positions)
    const results = await runner.run('show', feedsOf(given), { seed, step: 0 })
    const split = (all: Uint8Array) =>
      Array.from({ length: count }, (_, i) => all.subarray((i * all.length) / count, ((i + 1) * all.length) / count))
    return {
      columns: [
        { title: 'as stored', pictures: split(pictures.gather(positions).image) },
        ...columns.map((column, i) => ({ ...column, pictures: split(results[`${i}`] as Uint8Array) })),
      ],
      names: Array.from(positions, position => pictures.items[position]?.name ?? ''),
      size: config.size,
      channels: config.channels === 1 ? 1 : 3,
    }
  } finally {
    await runner.close()
  }
}
