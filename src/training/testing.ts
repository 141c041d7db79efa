import { type Assembly, type AssemblyConfig, assemble, parseOptions } from '../assembly/assemble.js'
import type { RunConfig } from '../assembly/config.js'
import { examinationProgram, showProgram, trainingProgram } from '../assembly/programs.js'
import { imageIn } from '../channels/bound.js'
import type { ChannelOf } from '../channels/channel.js'
import { plainReading } from '../data/index.js'
import { openEngine } from '../engine/node/engine.js'
import { methodNamed } from '../methods/index.js'
import { encoderNamed } from '../nn/encoders.js'
import { initialValues } from '../nn/initialise.js'

const target = { device: 'cpu', precision: 'float32' } as const

/** The run of a small network on small pictures, for tests. */
export const configOf = (
  method: string,
  options: Record<string, unknown> = {},
  changes: Partial<RunConfig> = {},
): RunConfig => ({
  version: 3,
  method,
  options: parseOptions(methodNamed(method), options),
  encoder: 'c4-half',
  channels: pictured(16),
  reading: plainReading,
  data: { source: 'made up', records: 1000, fingerprint: 'made up' },
  batch: 16,
  steps: 10,
  seed: 0,
  optimiser: 'adamw',
  learningRate: 2e-3,
  weightDecay: 0,
  warmup: 0,
  clip: 0,
  products: 'fp32',
  device: 'cpu',
  ...changes,
})

/** Pictures of size × size as the one channel of the data. */
export const pictured = (size: number, colours: 1 | 3 = 3): { readonly image: ChannelOf<'image'> } => ({
  image: { kind: 'image', size, colours },
})

type Size = Pick<RunConfig, 'channels' | 'batch'>

/** A learner of what is built in, for tests. */
export const assembled = (config: AssemblyConfig & Pick<RunConfig, 'method' | 'encoder'>): Assembly =>
  assemble(config, { method: methodNamed(config.method), encoder: encoderNamed(config.encoder) })

/** White noise: no pixel tells anything of another. Marsaglia's xorshift, other pictures for every number. */
export function whiteNoise({ channels, batch }: Size, number: number): Uint8Array {
  const { size, colours } = imageIn(channels)
  let state = Math.imul(number + 1, 0x9e3779b1) | 1
  return new Uint8Array(batch * size * size * colours).map(() => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 16
  })
}

export interface Trained {
  /** Loss and metrics of the first step, and the loss of a network that knows nothing */
  readonly first: Readonly<Record<string, number>>
  readonly chance: number
  /** Variables that the training left as they were */
  readonly unchanged: readonly string[]
  /** Of the method's examination: the mean over all batches */
  readonly measures: Readonly<Record<string, number>>
  /** What it then shows of the last batch: title and uint8 [batch, size, size, channels] */
  readonly columns: readonly { readonly title: string; readonly pictures: Uint8Array }[]
}

type Given = Readonly<Record<string, ArrayLike<number>>>

/**
 * Trains on batches that are made up step by step, then examines the task on further ones.
 * @param batch the pictures of a number, or all inputs by their names: 0 … steps − 1 to train on, later ones to examine
 */
export async function trainedOn(
  config: RunConfig,
  batch: (number: number) => Uint8Array | Given,
  examinations = 1,
  assembly = assembled(config),
): Promise<Trained> {
  const given = (number: number): Given => {
    const made = batch(number)
    return made instanceof Uint8Array ? { image: made } : made
  }
  const { program, names, chance } = trainingProgram(assembly, config, target)
  const examination = examinationProgram(assembly, config.batch, target)
  const show = showProgram(assembly, config.batch, target)
  const engine = openEngine({ ...target, threads: 1 })
  const firstOf = (results: Readonly<Record<string, ArrayLike<number | bigint>>>) =>
    Object.fromEntries(Object.entries(results).map(([name, values]) => [name, Number(values[0])]))
  try {
    await engine.load('train', program)
    const start = new Map(initialValues(names, config.seed))
    await engine.write(start)
    let first: Record<string, number> = {}
    for (let step = 0; step < config.steps; step++) {
      const feeds = { ...given(step), learningRate: [config.learningRate], step: [step], progress: [0] }
      const results = await engine.run('train', feeds, { seed: config.seed, step })
      if (step === 0) first = firstOf(results)
    }
    const end = await engine.read()
    const unchanged = [...assembly.names.values()].filter(name => sameNumbers(start.get(name), end.get(name)))
    await engine.load('examine', examination.program)
    await engine.load('show', show.program)
    const means: Record<string, number[]> = {}
    for (let i = 0; i < examinations; i++) {
      const feeds = given(config.steps + i)
      const results = await engine.run('examine', feeds, { seed: config.seed + 1, step: i })
      for (const [name, values] of Object.entries(results))
        means[name] = Array.from(values, Number).map((value, j) => (means[name]?.[j] ?? 0) + value / examinations)
    }
    const measures = Object.fromEntries(
      Object.entries(means).map(([name, [first = Number.NaN, ...others]]) => {
        const of = others.length > 0 ? examination.measures[name.split('/')[0] ?? '']?.figure : undefined
        return [name, of === undefined ? first : (of([first, ...others]) ?? Number.NaN)]
      }),
    )
    const shown = await engine.run('show', given(config.steps + examinations - 1), { seed: config.seed, step: 0 })
    const columns = show.columns.map(({ title }, i) => ({ title, pictures: shown[`${i}`] as Uint8Array }))
    return { first, chance, unchanged, measures, columns }
  } finally {
    await engine.close()
  }
}

const sameNumbers = (a: ArrayLike<number | bigint> = [], b: ArrayLike<number | bigint> = []): boolean =>
  a.length === b.length && Array.from(a).every((value, i) => value === b[i])

/** How many standard errors a share is away from what chance alone gives. */
export const deviationsFrom = (chance: number, share: number, guesses: number): number =>
  Math.abs(share - chance) / Math.sqrt((chance * (1 - chance)) / guesses)

/**
 * Pictures of side × side fields, each with stripes of its own: the farther down, the more across, the farther to the right, the
 * more downwards. Brightness, phase and some noise are new in every picture. A glance at a field tells its place.
 */
export function striped(data: Size, side: number, number: number): Uint8Array {
  const { size, colours: channels } = imageIn(data.channels)
  const { batch } = data
  const noise = whiteNoise(data, number)
  const stripes = (place: number) => (0.4 * Math.floor((place * side) / size)) / (side - 1)
  const stride = size * size * channels
  return noise.map((value, i) => {
    const [picture, pixel] = [Math.floor(i / stride), Math.floor((i % stride) / channels)]
    const [row, column] = [Math.floor(pixel / size), pixel % size]
    const phase = 7 * (picture + batch * number)
    const wave = Math.cos(2 * Math.PI * (stripes(row) * row + stripes(column) * column) + phase)
    return 100 + (phase % 50) + 50 * wave + value / 16
  })
}

/** Upright stripes, 8 px from one to the next, shifted differently in every picture: any part tells all of the rest. */
export function stripes(data: Size, number: number): Uint8Array {
  const { size, colours: channels } = imageIn(data.channels)
  const { batch } = data
  const shifts = Array.from(
    whiteNoise({ channels: pictured(1, 1), batch }, number),
    value => (value / 256) * 2 * Math.PI,
  )
  return Uint8Array.from({ length: batch * size * size * channels }, (_, i) => {
    const column = Math.floor(i / channels) % size
    return 128 + 100 * Math.sin((2 * Math.PI * column) / 8 + (shifts[Math.floor(i / (size * size * channels))] ?? 0))
  })
}
