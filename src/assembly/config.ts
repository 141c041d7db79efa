import { z } from 'zod'
import { readingSchema } from '../channels/picture-reading.js'
import type { Reading } from '../channels/reading.js'
import { LacunaError, parsedBy } from '../errors.js'
import { rowsOf } from '../settings/rows.js'
import { dataSettings, trainingSettings } from '../settings/table.js'
import type { TrainingSettings } from '../settings/types.js'

export const CONFIG_VERSION = 3

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
  /** What the method learnt from the pictures before the first step */
  readonly prepared?: unknown
  /** Height, width and channels of the pictures in the store */
  readonly size: number
  readonly channels: number
  /** How files became pictures of that size; what else the run is shown must be read in the same way */
  readonly reading: Reading
  /** The pictures trained on; the fingerprint is of all pictures of the source */
  readonly data: {
    readonly source: string
    readonly pictures: number
    readonly fingerprint: string
    /** Share of unreadable pictures that was put up with, where one was told */
    readonly allowSkipped?: number
  }
}

/** What a run keeps of the settings of its training, each by its row. */
const kept = Object.fromEntries(
  rowsOf(trainingSettings).flatMap(([name, { kind, kept }]) => {
    if (kept === 'never') return []
    const schema = kind.schema(z)
    return [[name, kept === 'told' ? schema.optional() : schema]]
  }),
)

export const runConfig = z.strictObject({
  version: z.literal(CONFIG_VERSION),
  method: z.string(),
  ...kept,
  size: dataSettings.size.kind.schema(z),
  channels: dataSettings.channels.kind.schema(z),
  reading: readingSchema,
  data: z.strictObject({
    source: z.string(),
    pictures: z.int().positive(),
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
