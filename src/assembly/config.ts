import { z } from 'zod'
import { type Channel, channelSchema } from '../channels/channel.js'
import { readingSchema } from '../channels/picture-reading.js'
import type { Reading } from '../channels/reading.js'
import { LacunaError, parsedBy } from '../errors.js'
import type { Products } from '../program/lowering/emitter.js'
import { rowsOf } from '../settings/rows.js'
import { dataSettings, trainingSettings } from '../settings/table.js'
import type { TrainingSettings } from '../settings/types.js'

export const CONFIG_VERSION = 3

/** What the products of a run are in whose configuration says nothing of it: only int8 was kept once. */
export const PRODUCTS_BEFORE: Products = 'fp32'

/** Settings of a training that a run keeps so. */
type Kept<How> = {
  [Name in keyof TrainingSettings]-?: (typeof trainingSettings)[Name]['kept'] extends How ? Name : never
}[keyof TrainingSettings]

/** Everything needed to repeat a run: `config.json`. Settings are as they were given, or as they are unless told. */
export interface RunConfig
  extends Required<Pick<TrainingSettings, Kept<'always'>>>,
    Pick<TrainingSettings, Kept<'told'>> {
  readonly version: typeof CONFIG_VERSION
  readonly method: string
  /** What those matrix products of the training are in that may be in int8, as it was found when the run began */
  readonly products: Products
  /** What the method learnt from the pictures before the first step */
  readonly prepared?: unknown
  /** The channels of the data, by name: pictures are one, `image` */
  readonly channels: Readonly<Record<string, Channel>>
  /** How files became such pictures; what else the run is shown must be read in the same way */
  readonly reading: Reading
  /** The records trained on; the fingerprint is of all records of the source */
  readonly data: {
    readonly source: string
    readonly records: number
    /** Samples that an epoch has, where long recordings count as several, or batches are of samples alike */
    readonly windows?: number
    readonly fingerprint: string
    /** Share of unreadable records that was put up with, where one was told */
    readonly allowSkipped?: number
  }
}

/** What a run keeps of the settings of its training as they were told, each by its row. */
const kept = Object.fromEntries(
  rowsOf(trainingSettings).flatMap(([name, { kind, kept }]) => {
    if (kept === 'never' || kept === 'found') return []
    const schema = kind.schema(z)
    return [[name, kept === 'told' ? schema.optional() : schema]]
  }),
)

export const runConfig = z.strictObject({
  version: z.literal(CONFIG_VERSION),
  method: z.string(),
  ...kept,
  products: z.enum(['fp32', 'int8']).default(PRODUCTS_BEFORE),
  channels: z.record(z.string(), channelSchema),
  reading: readingSchema,
  data: z.strictObject({
    source: z.string(),
    records: z.int().positive(),
    windows: z.int().positive().optional(),
    fingerprint: z.string(),
    allowSkipped: dataSettings.allowSkipped.kind.schema(z).optional(),
  }),
  prepared: z.unknown().optional(),
}) as unknown as z.ZodType<RunConfig>

/** @throws LacunaError (wrong usage) that names what is out of range */
export function checkedConfig(config: RunConfig): RunConfig {
  const { data, problem } = parsedBy(runConfig, config)
  if (problem === undefined) return data
  throw new LacunaError(`the options of a run: ${problem}`, 2)
}
