import { resolve } from 'node:path'
import { parseOptions } from '../assembly/assemble.js'
import type { SampleSet } from '../data/index.js'
import { LacunaError } from '../errors.js'
import { checkedMethod } from '../methods/checked.js'
import { type MethodName, methodNamed } from '../methods/index.js'
import type { Method } from '../methods/method.js'
import { checkedEncoder, encoderOf } from '../nn/checked.js'
import { refuseOccupied } from '../runs/claim.js'
import { readConfig } from '../runs/config.js'
import { checkSettings, refuseUnknown, shown } from '../settings/check.js'
import { trainingSettings } from '../settings/table.js'
import type { TrainingSettings } from '../settings/types.js'
import type { PretrainOptions } from './options.js'
import { refuseDifferences } from './resume.js'
import { withWindow } from './window.js'

/** What a training is given beside its settings, and how that is called where it is something else. */
const others = {
  out: ['string', 'the folder of the run'],
  resume: ['boolean', 'true or false'],
  watch: ['function', 'a function of vectors'],
  signal: ['object', 'an AbortSignal'],
  onProgress: ['function', 'a function'],
  onNote: ['function', 'a function'],
  onStep: ['function', 'a function'],
  // of the report that is written when the training has ended
  report: ['boolean', 'true or false'],
  onStage: ['function', 'a function'],
} as const satisfies Record<
  keyof Omit<PretrainOptions, keyof TrainingSettings> | 'report' | 'onStage',
  readonly [type: string, expected: string]
>

/** All options that there are. */
const known = [...Object.keys(others), ...Object.keys(trainingSettings)]

/** The method meant by its name, or given as it is. @throws LacunaError (wrong usage) when it is none, or nobody knows it */
export function methodOf(method: MethodName | (string & {}) | Method): Method {
  if (typeof method === 'string') return methodNamed(method)
  if (typeof method !== 'object' || method === null) throw wrongCall('a method or its name as the first argument')
  return checkedMethod(method)
}

/**
 * Everything about a training that can be told before pictures are opened.
 * @throws LacunaError (wrong usage) that names the option; for a folder that holds something else, or no run to resume
 */
export function checkUsage(given: string | Method, asked: PretrainOptions): Method {
  const method = methodOf(given)
  const { out, encoder } = (asked ?? {}) as Partial<PretrainOptions>
  if (typeof out !== 'string' || out === '')
    throw wrongCall('options with `out`, the folder of the run, as the third argument')
  refuseUnknown('options of pretrain', asked, known)
  const named = typeof encoder === 'object' ? checkedEncoder(encoder).name : encoder
  checkSettings(trainingSettings, { ...asked, encoder: named })
  const options = withWindow(method, asked)
  for (const [name, [type, expected]] of Object.entries(others)) {
    const value = (options as unknown as Readonly<Record<string, unknown>>)[name]
    if (value !== undefined && (typeof value !== type || value === null))
      throw new LacunaError(`${name} must be ${expected}, not ${shown(value)}`, 2)
  }
  if (options.epochs !== undefined && options.steps !== undefined)
    throw new LacunaError('--epochs and --steps say the same thing; give one of them', 2)
  parseOptions(method, options.options ?? {})
  if (options.encoder !== undefined) encoderOf(options.encoder)
  const directory = resolve(options.out)
  if (options.resume) refuseDifferences(directory, readConfig(directory), options)
  else refuseOccupied(directory)
  return method
}

/** @throws LacunaError (wrong usage) for anything but pictures */
export function checkPictures(pictures: SampleSet): void {
  const set = pictures as Partial<SampleSet> | null | undefined
  if (typeof set?.gather !== 'function' || !Array.isArray(set.items))
    throw wrongCall(
      'pictures that `openPictures` gave, or recordings that `openRecordings` gave, as the second argument',
    )
}

const wrongCall = (what: string) =>
  new LacunaError(
    `pretrain: ${what} expected, as in pretrain('simclr', await openPictures('photos', { size: 64 }), { out: 'runs/photos' })`,
    2,
  )
