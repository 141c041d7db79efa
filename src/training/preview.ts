import { host } from '#host'
import type { RunConfig } from '../assembly/config.js'
import { type Assembly, type AssemblyConfig, assemble, showProgram } from '../assembly/programs.js'
import { inputsOf } from '../channels/channel.js'
import { feedsOf } from '../channels/gathered.js'
import type { SampleSet } from '../data/index.js'
import { shuffled } from '../data/index.js'
import type { Runner } from '../engine/runner.js'
import type { Shown } from '../methods/method.js'
import { initialValues } from '../nn/initialise.js'
import type { Values } from '../program/values.js'
import { hasCheckpoint, loadCheckpoint, restore } from '../runs/checkpoint.js'
import { readConfig } from '../runs/config.js'
import type { Shape } from '../tensor/shape.js'

/** Columns of samples: as stored, and what the method makes of them. */
export interface Preview {
  readonly columns: readonly PreviewColumn[]
  /** Whether what was guessed comes from a trained network */
  readonly trained: boolean
  readonly names: readonly string[]
}

export interface PreviewColumn extends Omit<Shown, 'values'> {
  /** Of one sample: [H, W, C] of an image, [T, H, W, C] of a film, [length] or [width] of all else */
  readonly shape: Shape
  /** One a sample: uint8 of images and films, numbers of all else */
  readonly values: readonly (Values | Int32Array)[]
}

/** What a method shows and hides on some of the pictures, before a step is trained. */
export async function preview(config: AssemblyConfig, samples: SampleSet, count: number, seed = 0): Promise<Preview> {
  const assembly = assemble(config)
  const shown = await show(assembly, samples, count, seed, async runner =>
    runner.write(initialValues(assembly.names, seed)),
  )
  const columns = shown.columns.map(column => ({
    ...column,
    title: column.guessed ? `untrained: ${column.title}` : column.title,
  }))
  return { ...shown, columns, trained: false }
}

/** The same through the trained network of a run. */
export async function previewRun(directory: string, samples: SampleSet, count: number): Promise<Preview> {
  const config: RunConfig = readConfig(directory)
  if (!hasCheckpoint(directory)) return preview(config, samples, count, config.seed)
  const checkpoint = loadCheckpoint(directory)
  const shown = await show(assemble(config), samples, count, config.seed, (runner, program) =>
    restore(runner, program, checkpoint, directory),
  )
  return { ...shown, trained: true }
}

type Fill = (runner: Runner, program: ReturnType<typeof showProgram>['program']) => Promise<void>

async function show(
  assembly: Assembly,
  samples: SampleSet,
  wanted: number,
  seed: number,
  fill: Fill,
): Promise<Omit<Preview, 'trained'>> {
  const count = Math.min(wanted, samples.items.length)
  const positions = shuffled(samples.items.length, seed, 0).slice(0, count)
  const runner = host.start()
  try {
    const { program, columns } = showProgram(assembly, count, runner.options)
    await runner.load('show', program)
    if (program.state.length > 0) await fill(runner, program)
    const given = feedsOf(samples.as(assembly.channels).gather(positions))
    const results = await runner.run('show', given, { seed, step: 0 })
    const stored = Object.entries(assembly.channels).map(([name, channel]) => ({
      title: Object.keys(assembly.channels).length === 1 ? 'as stored' : `${name} as stored`,
      kind: channel.kind,
      ...eachOf(given[name] ?? new Uint8Array(), inputsOf(name, channel, count)[name]?.shape ?? []),
    }))
    const made = columns.map((column, i) => ({
      ...column,
      ...eachOf(results[`${i}`] ?? new Uint8Array(), program.outputs[i]?.shape ?? []),
    }))
    return {
      columns: [...stored, ...made],
      names: Array.from(positions, position => samples.items[position]?.name ?? ''),
    }
  } finally {
    await runner.close()
  }
}

/** A batch as one array a sample. */
function eachOf(all: Values | Int32Array, [count = 1, ...shape]: Shape): Pick<PreviewColumn, 'shape' | 'values'> {
  const length = all.length / count
  const values = Array.from({ length: count }, (_, i) => all.slice(i * length, (i + 1) * length))
  return { shape, values }
}
