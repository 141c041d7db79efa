import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { readingSchema } from '../data/reading.js'
import { errorCode, LacunaError, messageOf } from '../errors.js'
import { isFolder, isThere, readError, writeFileAtomic } from '../files.js'

const VERSION = 2

/** Everything needed to repeat a run: `config.json`. */
export const runConfig = z.strictObject({
  version: z.literal(VERSION),
  method: z.string(),
  /** The method's options, all of them */
  options: z.record(z.string(), z.unknown()),
  /** What the method learnt from the pictures before the first step */
  prepared: z.unknown().optional(),
  encoder: z.string(),
  /** Height, width and channels of the pictures in the store */
  size: z.number().int().positive(),
  channels: z.number().int().positive(),
  /** How files became pictures of that size; what else the run is shown must be read in the same way */
  reading: readingSchema,
  /** The pictures trained on; the fingerprint is of all pictures of the source */
  data: z.strictObject({
    source: z.string(),
    pictures: z.number().int().positive(),
    fingerprint: z.string(),
    /** Share of unreadable pictures that was put up with, where one was told */
    allowSkipped: z.number().min(0).max(1).optional(),
  }),
  batch: z.number().int().positive(),
  /** Pictures whose activations are kept at a time; the whole batch without it */
  chunk: z.number().int().positive().optional(),
  steps: z.number().int().positive(),
  seed: z.number().int().nonnegative(),
  optimiser: z.enum(['adamw', 'sgd', 'lars']),
  /** At its highest, after the warm-up */
  learningRate: z.number().positive(),
  weightDecay: z.number().nonnegative(),
  warmupSteps: z.number().int().nonnegative(),
  /** Gradients are scaled down to this common length; 0 leaves them alone */
  clip: z.number().nonnegative(),
  /** Computes inner activations again in the backward: less memory, more time */
  checkpointActivations: z.boolean().optional(),
  device: z.enum(['cpu', 'webgpu', 'cuda']),
  /** The file that the encoder started from, if any */
  weights: z.string().optional(),
})
export type RunConfig = z.output<typeof runConfig>

export const CONFIG_VERSION = VERSION

/** @throws LacunaError (wrong usage) that names what is out of range */
export function checkedConfig(config: RunConfig): RunConfig {
  const parsed = runConfig.safeParse(config)
  if (parsed.success) return parsed.data
  throw new LacunaError(`the options of a run: ${issuesOf(parsed.error)}`, 2)
}

const pathOf = (directory: string) => join(checkedRun(directory), 'config.json')

/** @throws LacunaError (wrong usage) for anything but a path: the library is called without types too */
export function checkedRun(directory: unknown): string {
  if (typeof directory === 'string' && directory !== '') return directory
  throw new LacunaError(`the folder of a run is expected, as in 'runs/photos', not ${JSON.stringify(directory)}`, 2)
}

export const isRun = (directory: string): boolean => isThere(pathOf(directory))

export function writeConfig(directory: string, config: RunConfig): void {
  writeFileAtomic(pathOf(directory), `${JSON.stringify(config, undefined, 2)}\n`)
}

/** @throws LacunaError when the folder is no run or its config.json was damaged */
export function readConfig(directory: string): RunConfig {
  const path = pathOf(directory)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) throw readError(path, error)
    throw new LacunaError(`${directory}: ${missing(directory)}; name the --out folder of \`lacuna pretrain\``)
  }
  try {
    return runConfig.parse(JSON.parse(text))
  } catch (error) {
    const problem = error instanceof z.ZodError ? issuesOf(error) : messageOf(error)
    throw new LacunaError(`${path}: damaged or from another version of Lacuna (${problem}); train again`)
  }
}

function missing(directory: string): string {
  if (!isThere(directory)) return 'no such folder'
  return isFolder(directory) ? 'not a run folder (no config.json)' : 'is a file, not a run folder'
}

/** What a schema found wrong, on one line. */
export function issuesOf(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ')
}
