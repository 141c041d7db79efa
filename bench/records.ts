import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from './machine.js'
import type { StepMeasurement } from './step-measurement.js'
import type { Rounds } from './turns.js'

/** What is kept of everything measured: one file a part, so that a part can be measured anew alone. */
interface Measured {
  readonly machine: Machine
  /** Day, as 2026-01-31 */
  readonly day: string
}

export interface StepRecord extends Measured, Rounds<StepMeasurement> {
  readonly size: number
  readonly batch: number
  readonly steps: number
  readonly threads: number
}

export interface SoundRecord extends Measured, Rounds<StepMeasurement> {
  /** Of a window */
  readonly seconds: number
  readonly batch: number
  readonly steps: number
  readonly threads: number
}

/** Pictures a second */
export interface DataMeasurement {
  /** From nothing: all pictures decoded for the first time */
  readonly first: number
  /** Batches of pictures in random order once that has been done, the median of some passes */
  readonly later: number
}

export interface DataRecord extends Measured, Rounds<DataMeasurement> {
  /** Of each file, in pixels */
  readonly width: number
  readonly height: number
  readonly pictures: number
  /** Of all files */
  readonly megabytes: number
  /** Side of the squares that they become, in pixels */
  readonly size: number
  readonly batch: number
}

export interface RecordingsMeasurement {
  /** Of sound in all files */
  readonly hours: number
  readonly hoursPerMinute: number
  /** Resident at most */
  readonly megabytes: number
}

export interface RecordingsRecord extends Measured, Rounds<RecordingsMeasurement> {
  readonly format: string
  readonly files: number
  /** Of all files */
  readonly megabytes: number
}

export interface GrowthRecord extends Measured {
  /** Resident memory after so many steps */
  readonly points: readonly { readonly step: number; readonly megabytes: number }[]
  readonly seconds: number
  readonly encoder: string
  readonly size: number
  readonly batch: number
}

/** Where the time between two runs of the program goes: a step and what of it is not the program, medians. */
export interface IdleRecord extends Measured {
  readonly cases: readonly {
    readonly encoder: string
    readonly size: number
    readonly batch: number
    readonly stepMilliseconds: number
    readonly idleMilliseconds: number
  }[]
}

/** What less memory costs: whole trainings of a few steps. */
export interface MemoryRecord extends Measured {
  readonly cases: readonly (MemoryCase & { readonly seconds: number; readonly peakMegabytes: number })[]
}

/** Where the time of a step goes, by kind of operator, most first. */
export interface ProfileRecord extends Measured {
  readonly cases: readonly {
    readonly title: string
    readonly operators: readonly { readonly name: string; readonly milliseconds: number }[]
  }[]
}

/** Seconds of the processor in each step, in turns */
export interface ProductsMeasurement {
  readonly fp32: readonly number[]
  readonly int8: readonly number[]
  /** How many times as fast one product in int8 is; 0 where it is wrong */
  readonly probed: number
}

export interface ProductsRecord extends Measured {
  readonly threads: number
  readonly cases: readonly (ProductsMeasurement & { readonly title: string })[]
}

/** What each form of a convolution or a gradient of it takes; the forms in the order in which they would be chosen. */
export interface FormsRecord extends Measured {
  readonly cases: readonly {
    readonly title: string
    readonly convolutions: readonly {
      readonly what: string
      readonly shape: string
      /** How often a step has it */
      readonly count: number
      readonly forms: readonly {
        readonly name: string
        /** Of the cost model, in milliseconds */
        readonly estimate: number
        readonly milliseconds: number
      }[]
    }[]
  }[]
}

export interface MemoryCase {
  readonly title: string
  readonly encoder: string
  readonly size: number
  readonly batch: number
  readonly steps: number
  /** Pictures that are in memory at once; 0 for all of the batch */
  readonly chunk: number
  /** Whether activations are computed again */
  readonly checkpoint: boolean
}

/** Pictures and recordings that are made to be read */
export const root = join('runs', 'bench')
/** Kept with the code, so that a page grows by its parts */
const records = join('docs', 'performance')
export const today = (): string => new Date().toISOString().slice(0, 10)
const pathOf = (part: string) => join(records, `${part}.json`)

type AnyRecord =
  | StepRecord
  | SoundRecord
  | DataRecord
  | RecordingsRecord
  | GrowthRecord
  | IdleRecord
  | MemoryRecord
  | ProfileRecord
  | FormsRecord
  | ProductsRecord

export function keep(part: string, record: AnyRecord): void {
  mkdirSync(records, { recursive: true })
  writeFileSync(pathOf(part), `${JSON.stringify(record, undefined, 2)}\n`)
}

/** What was kept of a part; undefined when it has not been measured yet. */
export function kept<T>(part: string): T | undefined {
  return existsSync(pathOf(part)) ? (JSON.parse(readFileSync(pathOf(part), 'utf8')) as T) : undefined
}
