import { host } from '#host'
import { type Definitions, encoderMaker, parseOptions } from '../assembly/assemble.js'
import { sampleOf } from '../assembly/programs.js'
import { channelsFor } from '../channels/bound.js'
import { isSequence, type Reads } from '../channels/channel.js'
import { feedsOf } from '../channels/gathered.js'
import { type Places, placesAt, type SampleSet, shuffled, windowsOf } from '../data/index.js'
import { targetFor } from '../engine/host.js'
import type { EngineOptions } from '../engine/options.js'
import type { Looked, Prepared } from '../methods/method.js'
import { initialValues, valuesFor } from '../nn/initialise.js'
import { type AnyModule, module, variablesOf } from '../nn/module.js'
import { compile } from '../program/compile.js'
import { trace } from '../program/trace.js'
import type { Tensor } from '../tensor/tensor.js'
import { earlierEncoder } from './earlier.js'

const MOST = 2048
/** Numbers of all windows together: 35 minutes of sound at 16 kHz */
const MOST_NUMBERS = 2 ** 25
/** Rounds through records that are longer than a window */
const MOST_ROUNDS = 64
const BATCH = 16

/** Lets a method look at some of the training data; the same ones for the same seed. */
export async function prepare(
  { method, encoder }: Definitions,
  options: Readonly<Record<string, unknown>>,
  samples: SampleSet,
  seed: number,
  engine: Partial<EngineOptions> = {},
): Promise<Prepared> {
  if (method.prepare === undefined) return { prepared: undefined, notes: [] }
  const parsed = parseOptions(method, options)
  const reads = method.reads(parsed)
  const set = samples.as(channelsFor(reads, samples.channels))
  const places = someOf(set, reads, seed)
  const looked: Looked = {
    channels: set.channels,
    count: places.records.length,
    seed,
    makeEncoder: encoderMaker(method.name, encoder, set.channels),
    get values() {
      return set.gather(places) // hundreds of MB of sound, which those that compute do without
    },
    earlier: earlierEncoder,
    compute: (of, modules = {}) => compute(set, places, seed, engine, of, modules),
  }
  return method.prepare(looked, parsed)
}

/** Records in a random order; of what goes on in time, a window of each, then a further one of those that are longer. */
function someOf(set: SampleSet, reads: Reads, seed: number): Places {
  const sequences = Object.entries(set.channels).flatMap(([name, channel]) =>
    isSequence(channel) ? [{ name, length: channel.length }] : [],
  )
  const order = (round: number) => shuffled(set.items.length, seed, round)
  const [first] = sequences
  if (first === undefined) return { records: order(0).slice(0, MOST) }
  // what lies about a picture that stands still has no other moment
  const moving = sequences.filter(({ name }) => {
    const wanted = reads[name]
    return !(wanted && 'with' in wanted && wanted.with !== undefined && set.rateOf(wanted.with) === undefined)
  })[0]
  const most = Math.min(MOST, Math.max(2, Math.floor(MOST_NUMBERS / first.length)))
  const found: Places[] = []
  let count = 0
  for (let round = 0; round < MOST_ROUNDS && count < most; round++) {
    const goesOn = (record: number) => moving && set.lengthOf(moving.name, record) > round * moving.length
    const long = order(round).filter(record => round === 0 || goesOn(record))
    if (long.length === 0) break
    found.push(windowsOf(set, reads, long.slice(0, most - count), { seed, step: round }))
    count += Math.min(long.length, most - count)
  }
  const all = (of: (places: Places) => ArrayLike<number> | undefined) =>
    found.flatMap(each => Array.from(of(each) ?? []))
  return {
    records: all(({ records }) => records),
    from: Object.fromEntries(
      Object.keys(found[0]?.from ?? {}).map(name => [name, all(({ from }) => from?.[name])] as const),
    ),
  }
}

type Modules = NonNullable<Parameters<Looked['compute']>[1]>

async function compute<Name extends string>(
  set: SampleSet,
  places: Places,
  seed: number,
  engine: Partial<EngineOptions>,
  of: (sample: ReturnType<typeof sampleOf>) => Readonly<Record<Name, Tensor>>,
  modules: Modules,
): Promise<Readonly<Record<Name, Float32Array>>> {
  const count = places.records.length
  const batch = Math.min(BATCH, count)
  const entries = Object.entries(modules).map(([name, given]) =>
    'module' in given ? { name, ...given } : { name, module: given as AnyModule, of: undefined },
  )
  const root = module(Object.fromEntries(entries.map(({ name, module }) => [name, module])), () => undefined)
  const names = new Map([...variablesOf(root)].map(([name, variable]) => [variable, name]))
  const given = new Map(
    entries.flatMap(({ name, of }) => [...(of?.values ?? [])].map(([key, data]) => [`${name}.${key}`, data] as const)),
  )
  const runner = host.start(engine)
  try {
    const { result, trace: traced } = trace({ training: false }, () => of(sampleOf(set.channels, batch)))
    const program = compile({ outputs: result, names, draws: traced.draws }, await targetFor(host, runner.options))
    await runner.load('prepare', program)
    if (program.state.length > 0) await runner.write(valuesFor(program, initialValues(names, seed, given)))
    const found = {} as Record<Name, Float32Array>
    for (let start = 0; start < count; start += batch) {
      // the last batch is filled up with its last sample
      const rows = Array.from({ length: batch }, (_, i) => Math.min(start + i, count - 1))
      const results = await runner.run('prepare', feedsOf(set.gather(placesAt(places, rows))), { seed, step: start })
      for (const [name, { shape }] of Object.entries(result) as [Name, { shape: readonly number[] }][]) {
        const each = shape.slice(1).reduce((product, size) => product * size, 1)
        found[name] ??= new Float32Array(count * each)
        const kept = Math.min(batch, count - start) * each
        found[name].set(Float32Array.from(results[name] ?? [], Number).subarray(0, kept), start * each)
      }
    }
    return found
  } finally {
    await runner.close()
  }
}
