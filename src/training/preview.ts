import { host } from '#host'
import { type Assembly, assemble, parseOptions } from '../assembly/assemble.js'
import { showProgram } from '../assembly/programs.js'
import { checkAssembly } from '../assembly/tried.js'
import { findAudio } from '../channels/bound.js'
import { inputsOf } from '../channels/channel.js'
import { feedsOf } from '../channels/gathered.js'
import type { SampleSet } from '../data/index.js'
import { shuffled, tokenised } from '../data/index.js'
import type { Runner } from '../engine/runner.js'
import type { MethodName } from '../methods/index.js'
import { encoderFor, type Method, type Shown } from '../methods/method.js'
import { encoderOf } from '../nn/checked.js'
import type { EncoderDefinition } from '../nn/encoder.js'
import type { EncoderName } from '../nn/encoders.js'
import { initialValues, valuesFor } from '../nn/initialise.js'
import type { Values } from '../program/values.js'
import { restore } from '../runs/checkpoint.js'
import { type OpenedRun, runOf } from '../runs/run.js'
import type { Shape } from '../tensor/shape.js'
import type { Tokenizer } from '../text/tokenizer.js'
import { methodOf } from './arguments.js'
import { earlierValues } from './earlier.js'
import { prepare } from './prepare.js'
import { tokenizerFor } from './tokenizer.js'

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
  /** Of sound, numbers in a second */
  readonly rate?: number
  /** Of text, what is written: one a sample */
  readonly texts?: readonly string[]
}

export interface PreviewOptions {
  /** Architecture: a name of those built in, or one of your own; the method's own default unless told */
  readonly encoder?: EncoderName | (string & {}) | EncoderDefinition
  /** Options of the method */
  readonly options?: Readonly<Record<string, unknown>>
  /** Pictures, default 8 */
  readonly count?: number
  /** Of the pictures and of what is drawn, default 0 */
  readonly seed?: number
  /** What the user should know, such as pictures that cannot serve the method */
  readonly onNote?: (note: string) => void
}

/**
 * What a method shows and hides on some of the pictures, before a step is trained.
 * @throws LacunaError for unknown names and options, and pictures that cannot serve the method
 */
export async function preview(
  given: MethodName | (string & {}) | Method,
  samples: SampleSet,
  { encoder: wanted, options = {}, count = 8, seed = 0, onNote }: PreviewOptions = {},
): Promise<Preview> {
  const method = methodOf(given)
  const encoder = encoderOf(wanted ?? encoderFor(method))
  const parsed = parseOptions(method, options)
  const tokenizer = tokenizerFor(method, parsed, samples, undefined)
  const set = tokenizer ? tokenised(samples, tokenizer) : samples
  const { prepared, notes } = await prepare({ method, encoder }, parsed, set, seed)
  for (const note of notes) onNote?.(note)
  const assembly = assemble({ options: parsed, prepared, channels: set.channels }, { method, encoder })
  checkAssembly(assembly)
  return spelt(await untrained(assembly, set, count, seed), tokenizer)
}

/** The same through the network of a run, or the folder of one: trained, once a checkpoint is saved. */
export async function previewRun(from: string | OpenedRun, samples: SampleSet, count: number): Promise<Preview> {
  const run = runOf('previewRun', from)
  const { seed } = run.config
  const tokenizer = run.tokenizer()
  const set = tokenizer ? tokenised(samples, tokenizer) : samples
  if (!run.hasCheckpoint()) return spelt(await untrained(run.assembly(), set, count, seed), tokenizer)
  const checkpoint = run.checkpoint()
  const shown = await show(run.assembly(), set, count, seed, (runner, program) =>
    restore(runner, program, checkpoint, run.directory),
  )
  return spelt({ ...shown, trained: true }, tokenizer)
}

async function untrained(assembly: Assembly, samples: SampleSet, count: number, seed: number): Promise<Preview> {
  const shown = await show(assembly, samples, count, seed, (runner, program) =>
    runner.write(valuesFor(program, initialValues(assembly.names, seed, earlierValues(assembly.learner)))),
  )
  const columns = shown.columns.map(column => ({
    ...column,
    title: column.guessed ? `untrained: ${column.title}` : column.title,
  }))
  return { ...shown, columns, trained: false }
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
      ...(channel.kind === 'audio' && { rate: channel.rate }),
      ...eachOf(given[name] ?? new Uint8Array(), inputsOf(name, channel, count)[name]?.shape ?? []),
    }))
    const rate = findAudio(assembly.channels)?.[1].rate
    const made = columns.map((column, i) => ({
      ...column,
      ...(column.kind === 'audio' && rate !== undefined && { rate }),
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

/** With the words of texts beside their numbers. */
function spelt(shown: Preview, tokenizer: Tokenizer | undefined): Preview {
  if (tokenizer === undefined) return shown
  const columns = shown.columns.map(column =>
    column.kind === 'text'
      ? { ...column, texts: column.values.map(values => tokenizer.decode(Array.from(values, Number))) }
      : column,
  )
  return { ...shown, columns }
}

/** A batch as one array a sample. */
function eachOf(all: Values | Int32Array, [count = 1, ...shape]: Shape): Pick<PreviewColumn, 'shape' | 'values'> {
  const length = all.length / count
  const values = Array.from({ length: count }, (_, i) => all.slice(i * length, (i + 1) * length))
  return { shape, values }
}
