import { feedsOf } from '../channels/gathered.js'
import type { SampleSet } from '../data/index.js'
import type { Runner } from '../engine/runner.js'
import { LacunaError } from '../errors.js'
import { initialValues } from '../nn/initialise.js'
import type { Program } from '../program/compile.js'
import type { Tensor } from '../tensor/tensor.js'
import type { Features } from './features.js'

/** How vectors come out of a program that is loaded, batch by batch, and how a network begins that was never trained. */

/**
 * The output `features` of a program for all samples, one row each; a batch is gathered while the one before it is computed.
 * @param key that the program is loaded under, @param batch samples that it takes
 */
export async function inBatches(
  runner: Runner,
  key: string,
  samples: Pick<SampleSet, 'items' | 'gather'>,
  { batch, width, onProgress }: { batch: number; width: number; onProgress?: ((share: number) => void) | undefined },
): Promise<Features> {
  const count = samples.items.length
  const values = new Float32Array(count * width)
  const gather = (start: number) =>
    feedsOf(samples.gather(Uint32Array.from({ length: batch }, (_, i) => Math.min(start + i, count - 1))))
  let given = gather(0)
  for (let start = 0; start < count; start += batch) {
    const running = runner.run(key, given)
    if (start + batch < count) given = gather(start + batch)
    const features = (await running).features as Float32Array
    values.set(features.subarray(0, Math.min(batch, count - start) * width), start * width)
    onProgress?.(Math.min(1, (start + batch) / count))
  }
  return { values, count, width }
}

const CALIBRATION_BATCHES = 60

/**
 * Gives a program the first values of its variables, and the running statistics of the samples, so that normalisation does not put it
 * at a disadvantage.
 *
 * @param calibration the same network as it is trained, for `batch` samples
 * @param samplesOf opens the samples, where there are running statistics
 */
export async function fillUntrained(
  runner: Runner,
  program: Program,
  calibration: Program,
  samplesOf: () => Pick<SampleSet, 'items' | 'gather'>,
  { names, seed, batch }: { names: ReadonlyMap<Tensor, string>; seed: number; batch: number },
): Promise<void> {
  const start = new Map(initialValues(names, seed))
  await runner.write(new Map(program.state.map(({ name }) => [name, start.get(name) ?? []])))
  if (!calibration.state.some(({ updated }) => updated)) return // no running statistics
  await runner.load('calibrate', calibration)
  const samples = samplesOf()
  const count = samples.items.length
  for (let step = 0; step < CALIBRATION_BATCHES; step++) {
    const positions = Uint32Array.from({ length: batch }, (_, i) => (step * batch + i) % count)
    await runner.run('calibrate', feedsOf(samples.gather(positions)), { seed, step })
  }
  await runner.unload('calibrate')
}

/**
 * Vectors with a number that is none would poison every distance to them.
 * @throws LacunaError that names the first
 */
export function checkFinite(who: string, values: Float32Array, nameOf: (place: number) => string | undefined): void {
  const place = values.findIndex(value => !Number.isFinite(value))
  if (place >= 0)
    throw new LacunaError(
      `${who}: the vector of ${nameOf(place)} holds ${values[place]}; the training diverged or the checkpoint is damaged: train again with a lower --lr`,
    )
}
