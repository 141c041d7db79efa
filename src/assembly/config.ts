import { z } from 'zod'
import { readingSchema } from '../channels/picture-reading.js'
import { issuesOf, LacunaError } from '../errors.js'
import { deviceNames } from '../program/devices.js'

export const CONFIG_VERSION = 2

/** Everything needed to repeat a run: `config.json`. */
export const runConfig = z.strictObject({
  version: z.literal(CONFIG_VERSION),
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
  device: z.enum(deviceNames),
  /** The file that the encoder started from, if any */
  weights: z.string().optional(),
})
export type RunConfig = z.output<typeof runConfig>

/** @throws LacunaError (wrong usage) that names what is out of range */
export function checkedConfig(config: RunConfig): RunConfig {
  const parsed = runConfig.safeParse(config)
  if (parsed.success) return parsed.data
  throw new LacunaError(`the options of a run: ${issuesOf(parsed.error)}`, 2)
}
