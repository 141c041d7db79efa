import { host } from '#host'
import type { RunConfig } from '../assembly/config.js'
import type { DeviceName } from '../program/devices.js'
import type { Products } from '../program/lowering/emitter.js'
import { trainingSettings } from '../settings/table.js'
import type { PretrainOptions } from './options.js'

type Told = PretrainOptions['onNote']

/**
 * What the products of a new run are in: int8 where it is right on this machine, and also faster unless it was asked for. It is kept
 * in the configuration, so that a run that is resumed or repeated does not hang on what is timed.
 */
export async function productsFor(
  asked: PretrainOptions['products'] = trainingSettings.products.default,
  device: DeviceName,
  onNote: Told,
): Promise<Products> {
  if (asked === 'fp32') return asked
  const problem = await wrongInt8(device)
  if (problem === undefined) return asked === 'int8' || (await isFaster(device)) ? 'int8' : 'fp32'
  if (asked === 'int8') onNote?.(`--products int8: ${problem}; the run is trained in fp32`)
  return 'fp32'
}

/** What they are in on this machine and device, which may be others than those that the run was started on. */
export async function productsOfStep(
  { products, device }: Pick<RunConfig, 'products' | 'device'>,
  onNote: Told,
): Promise<Products> {
  if (products !== 'int8') return 'fp32'
  const problem = await wrongInt8(device)
  if (problem !== undefined) onNote?.(`the run was started in int8, but ${problem}; it goes on in fp32`)
  return problem === undefined ? 'int8' : 'fp32'
}

/** Why there are no products in int8; undefined where they are right. */
async function wrongInt8(device: DeviceName): Promise<string | undefined> {
  const probed = await host.int8(device)
  if (probed === undefined) return `there are no such products on the ${device}`
  return probed.exact ? undefined : 'this processor gives wrong numbers for them, as those without VNNI do'
}

const isFaster = async (device: DeviceName): Promise<boolean> => ((await host.int8(device))?.gain ?? 0) > 1
