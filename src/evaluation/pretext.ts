import { host } from '#host'
import { examinationProgram } from '../assembly/programs.js'
import { findFilm } from '../channels/bound.js'
import { feedsOf } from '../channels/gathered.js'
import { placesAt, type SampleSet, windowsThrough } from '../data/index.js'
import { media } from '../data/media.js'
import { targetFor } from '../engine/host.js'
import { LacunaError } from '../errors.js'
import { restore } from '../runs/checkpoint.js'
import { type OpenedRun, runOf } from '../runs/run.js'
import type { Tensor } from '../tensor/tensor.js'
import type { EmbedderOptions } from './encoder.js'
import { mediumIn } from './labelled.js'
import { noiseFor } from './noise.js'
import { alarmsOf } from './pretext-alarms.js'
import type { Pretext, PretextMeasure } from './pretext-figures.js'
import { mean, sampleDeviation } from './statistics.js'
import { unmeasured } from './unmeasured.js'

export type { Pretext, PretextMeasure } from './pretext-figures.js'

export interface PretextOptions extends EmbedderOptions {
  /** No further batch is begun after so many seconds of measuring; all that are planned unless told */
  readonly seconds?: number
  /** @param share of the batches done, 0 … 1 */
  readonly onProgress?: (share: number) => void
}

const MOST_BATCHES = 40
/** Windows of a film that begin within the length of one */
const OVERLAP = 4

/**
 * How well a trained run does its own task on pictures that it has not seen: the test part of the data, or all of it where no
 * part is marked. Each measure stands beside what needs no learning.
 *
 * @throws LacunaError when there is no run, the pictures have another size, or there are too few for a batch
 */
export async function pretext(
  from: string | OpenedRun,
  pictures: SampleSet,
  options: PretextOptions = {},
): Promise<Pretext> {
  const run = runOf('pretext', from)
  const { config, directory } = run
  const checkpoint = run.checkpoint()
  const { part, notes } = heldOut(pictures)
  const unseen = part !== pictures && pictures.fingerprint === config.data.fingerprint
  if (part !== pictures && !unseen)
    notes.push(
      `${pictures.source} is not what the run was trained from, as it was then (${config.data.source}): whether the training has seen its test part is not known.`,
    )
  const assembly = run.assembly()
  const samples = part.as(assembly.channels, run.tokenizer())
  const medium = mediumIn(pictures)
  const films = findFilm(assembly.channels) !== undefined
  // what goes on in time is measured all through
  const windows = windowsThrough(samples, assembly.method.reads(config.options), films ? OVERLAP : 1)
  const count = windows.records.length
  const counted = `windows of ${films ? 'films' : media[medium].many}`
  const batch = Math.min(options.batch ?? config.chunk ?? config.batch, count)
  if (batch < 2)
    throw new LacunaError(
      `${pictures.source}: the task is measured on at least 2 ${films ? counted : media[medium].many}, and there is ${count} to measure it on; give more`,
    )
  const batches = Math.min(MOST_BATCHES, Math.ceil(count / batch))
  const runner = host.start({ device: options.device ?? config.device, threads: options.threads })
  try {
    const { program, measures } = examinationProgram(assembly, batch, await targetFor(host, runner.options))
    await runner.load('examine', program)
    await restore(runner, program, checkpoint, directory)
    const judged = Object.values(measures).some(({ boundOnNoise }) => boundOnNoise !== undefined)
    const measured = new Set<number>()
    const gather = (step: number) => {
      const rows = rowsOf(step, { count, batch, batches })
      for (const row of rows) measured.add(row)
      return feedsOf(samples.gather(placesAt(windows, rows)))
    }
    const noise = (step: number) => noiseFor(assembly.channels, batch, step)
    const found: Outputs = {}
    const onNoise: Outputs = {}
    const began = performance.now()
    let done = 0
    while (done < batches && (done === 0 || performance.now() - began < 1000 * (options.seconds ?? Infinity))) {
      const drawKey = { seed: config.seed, step: done }
      collect(found, await runner.run('examine', gather(done), drawKey))
      if (judged) collect(onNoise, await runner.run('examine', noise(done), drawKey))
      done++
      options.onProgress?.(done / batches)
    }
    const figure = (outputs: Outputs, name: string, of: Figure = ([value]) => value) => of(meansOf(outputs[name] ?? []))
    const rows = Object.entries(measures).flatMap(([name, measure]): PretextMeasure[] => {
      const { better, baselines, boundOnNoise: bound, figure: of } = measure
      const value = figure(found, name, of)
      if (value === undefined) return []
      const worth = (outputs: Outputs, baseline: string, given: Tensor | number = Number.NaN) =>
        typeof given === 'number' ? given : figure(outputs, `${name}/${baseline}`, given.rank > 0 ? of : undefined)
      const known = Object.entries(baselines).map(
        ([baseline, given]) => [baseline, worth(found, baseline, given) ?? Number.NaN] as const,
      )
      const noise = bound === undefined ? undefined : figure(onNoise, name, of)
      const noiseBound = bound === undefined ? undefined : worth(onNoise, bound, baselines[bound])
      const error =
        done > 1 && of === undefined ? sampleDeviation(firstOf(found[name] ?? [])) / Math.sqrt(done) : undefined
      return [
        {
          ...{ name, value, better, baselines: Object.fromEntries(known) },
          ...(noise !== undefined && noiseBound !== undefined && { noise, noiseBound }),
          ...(error !== undefined && { error }),
        },
      ]
    })
    const seen = { measures: rows, pictures: measured.size }
    const named = new Set(rows.map(({ name }) => name))
    const untold = unmeasured(
      samples,
      seen,
      Object.keys(measures).filter(name => !named.has(name)),
    )
    return {
      method: config.method,
      medium,
      ...((films || count > part.items.length) && { counted }),
      step: checkpoint.step,
      heldOut: unseen,
      ...seen,
      ...(measured.size < count && { of: count }),
      notes: [...notes, ...untold.notes],
      alarms: [...untold.alarms, ...alarmsOf(seen)],
    }
  } finally {
    await runner.close()
  }
}

/**
 * The samples of one batch. Every batch is spread over all of them, which may lie class by class, since time may end after any; none
 * is in one batch twice. All of them are in some batch where the batches have room for them, a few then in two.
 */
export const rowsOf = (
  step: number,
  { count, batch, batches }: { readonly count: number; readonly batch: number; readonly batches: number },
): Uint32Array =>
  Uint32Array.from({ length: batch }, (_, i) => Math.floor(((i * batches + step) * count) / (batches * batch)))

type Figure = (means: readonly number[]) => number | undefined

/** The figures of every output, of each batch one or several */
type Outputs = Record<string, number[][]>

const firstOf = (batches: readonly (readonly number[])[]) => batches.map(([value]) => value ?? Number.NaN)

/** Over the batches, each number by itself. */
const meansOf = ([first = [], ...others]: readonly (readonly number[])[]): number[] =>
  first.map((value, i) => mean([value, ...others.map(batch => batch[i] ?? Number.NaN)]))

function collect(outputs: Outputs, results: Readonly<Record<string, ArrayLike<number | bigint>>>): void {
  for (const [name, values] of Object.entries(results)) {
    outputs[name] ??= []
    outputs[name].push(Array.from(values, Number))
  }
}

/** The test part of the data, or all of it, with a note, where no part is marked. */
export function heldOut(pictures: SampleSet): { part: SampleSet; notes: string[] } {
  const tested = pictures.items.flatMap(({ split }, i) => (split === 'test' ? [i] : []))
  if (tested.length > 0) return { part: pictures.subset(tested), notes: [] }
  return { part: pictures, notes: ['The data has no test part: it was measured on pictures that were trained on.'] }
}
