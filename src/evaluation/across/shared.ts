import { host } from '#host'
import type { Assembly } from '../../assembly/assemble.js'
import { sharedProgram } from '../../assembly/programs.js'
import type { Channel, Channels } from '../../channels/channel.js'
import { memoryColumn } from '../../data/columns.js'
import type { SampleSet } from '../../data/index.js'
import { numbered, setInMemory } from '../../data/memory.js'
import { BYTES, storedTexts } from '../../data/stored-text.js'
import { targetFor } from '../../engine/host.js'
import type { Runner } from '../../engine/runner.js'
import { LacunaError } from '../../errors.js'
import type { Program, Target } from '../../program/compile.js'
import { restore } from '../../runs/checkpoint.js'
import type { OpenedRun } from '../../runs/run.js'
import { trainingPart } from '../../training/pretrain.js'
import { checkFinite, fillUntrained, inBatches } from '../batches.js'
import type { EmbedderOptions, Pictures } from '../encoder.js'
import type { Features } from '../features.js'

/** Puts samples of any of its channels into the space that they share. */
export interface SharedSpace {
  /** Those that share it, as the method reads them */
  readonly channels: Channels
  /**
   * One vector a record, [N, D], to be compared by cosine with those of another channel.
   * @param channel by its name; the data needs no other
   */
  embed(set: Pictures, channel: string, onProgress?: (share: number) => void): Promise<Features>
  /** The same of texts that stand in no data set. @throws LacunaError (wrong usage) where no channel is of text */
  embedTexts(texts: readonly string[]): Promise<Features>
  close(): Promise<void>
}

export type SharedOptions = Pick<EmbedderOptions, 'device' | 'threads' | 'batch'>

const BATCH = 64

/** The channels of a run that share a space; none for methods that compare no channels. */
export const sharedChannels = ({ learner, channels }: Assembly): Channels =>
  Object.fromEntries(Object.entries(channels).filter(([name]) => learner.shared?.[name] !== undefined))

/**
 * What a run has learnt of channels that belong together.
 * @throws LacunaError when the run compares no channels, or has no checkpoint
 */
export function openShared(run: OpenedRun, options: SharedOptions = {}): Promise<SharedSpace> {
  const checkpoint = run.checkpoint()
  return spaceOf(run, options, (runner, program) => restore(runner, program, checkpoint, run.directory))
}

/**
 * The same networks as they were before training, with the running statistics of the pairs that are given.
 * @param seed of their first values
 */
export function untrainedShared(
  run: OpenedRun,
  pairs: SampleSet,
  { seed = run.config.seed, ...options }: SharedOptions & { readonly seed?: number } = {},
): Promise<SharedSpace> {
  return spaceOf(run, options, async (runner, embedding, name, target) => {
    const { batch = BATCH } = options
    const { names } = run.assembly()
    const calibration = sharedProgram(run.assembly(), name, batch, target, true)
    const part = () => viewOf(run, trainingPart(pairs), name)
    await fillUntrained(runner, embedding, calibration, part, { names, seed, batch })
  })
}

type Fill = (runner: Runner, program: Program, channel: string, target: Target) => Promise<void>

/** One channel of some data, as the method reads it. */
const viewOf = (run: OpenedRun, set: Pictures, name: string): SampleSet =>
  set.as({ [name]: run.assembly().channels[name] as Channel }, run.tokenizer())

async function spaceOf(
  run: OpenedRun,
  { device = run.config.device, threads, batch = BATCH }: SharedOptions,
  fill: Fill,
): Promise<SharedSpace> {
  const assembly = run.assembly()
  const channels = sharedChannels(assembly)
  const runner = host.start({ device, threads })
  const target = await targetFor(host, runner.options)
  const loaded = new Map<string, Promise<number>>()
  const load = async (name: string) => {
    const program = sharedProgram(assembly, name, batch, target)
    await runner.load(name, program)
    await fill(runner, program, name, target)
    return program.outputs[0]?.shape[1] ?? 0
  }
  const embed: SharedSpace['embed'] = async (set, name, onProgress) => {
    if (set.items.length === 0) throw new LacunaError('there is nothing to embed')
    loaded.set(name, loaded.get(name) ?? load(name))
    const width = (await loaded.get(name)) ?? 0
    const features = await inBatches(runner, name, viewOf(run, set, name), { batch, width, onProgress })
    checkFinite(run.directory, features.values, place => set.items[Math.floor(place / width)]?.name)
    return features
  }
  return {
    channels,
    embed,
    embedTexts(texts) {
      const [name] = Object.entries(channels).find(([, { kind }]) => kind === 'text') ?? []
      if (name === undefined)
        throw new LacunaError(`${run.directory}: ${run.config.method} reads no text; give --image instead`, 2)
      return embed(textSet(texts), name)
    },
    close: () => runner.close(),
  }
}

/** Texts as a set of their own. */
function textSet(texts: readonly string[]): SampleSet {
  const stored = texts.map(text => storedTexts([text]))
  const length = Math.max(1, ...stored.map(bytes => bytes.length))
  return setInMemory(
    { text: memoryColumn({ kind: 'text', vocabulary: BYTES, length }, stored) },
    numbered(texts.length),
  )
}
