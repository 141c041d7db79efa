import { resolve } from 'node:path'
import { parseOptions } from '../assembly/programs.js'
import type { PictureSet } from '../data/index.js'
import { LacunaError } from '../errors.js'
import { methodNamed } from '../methods/index.js'
import { encoderNamed } from '../nn/encoders.js'
import { deviceNames } from '../program/devices.js'
import { refuseOccupied } from '../runs/claim.js'
import { readConfig } from '../runs/config.js'
import type { PretrainOptions } from './options.js'
import { refuseDifferences } from './resume.js'
import { checkedSaveEvery } from './saving.js'

type Check = readonly [flag: string, given: unknown, right: (value: unknown) => boolean, expected: string]

const number = (right: (value: number) => boolean) => (value: unknown) =>
  typeof value === 'number' && Number.isFinite(value) && right(value)
const whole = (least: number) => number(value => Number.isSafeInteger(value) && value >= least)
const text = (value: unknown) => typeof value === 'string' && value !== ''
const oneOf =
  (...names: string[]) =>
  (value: unknown) =>
    typeof value === 'string' && names.includes(value)
const is = (type: string) => (value: unknown) => typeof value === type && value !== null

/**
 * Everything about a training that can be told before pictures are opened.
 * @throws LacunaError (wrong usage) that names the option; for a folder that holds something else, or no run to resume
 */
export function checkUsage(methodName: string, options: PretrainOptions): void {
  if (typeof methodName !== 'string') throw wrongCall('the name of a method as the first argument')
  const given = options as Partial<PretrainOptions> | null | undefined
  if (!text(given?.out)) throw wrongCall('options with `out`, the folder of the run, as the third argument')
  for (const [flag, value, right, expected] of checksOf(options))
    if (value !== undefined && !right(value))
      throw new LacunaError(`${flag} must be ${expected}, not ${shown(value)}`, 2)
  if (options.epochs !== undefined && options.steps !== undefined)
    throw new LacunaError('--epochs and --steps say the same thing; give one of them', 2)
  if (options.saveEvery !== undefined) checkedSaveEvery(options.saveEvery)
  parseOptions(methodNamed(methodName), options.options ?? {})
  if (options.encoder !== undefined) encoderNamed(options.encoder)
  const directory = resolve(options.out)
  if (options.resume) refuseDifferences(directory, readConfig(directory), options)
  else refuseOccupied(directory)
}

const checksOf = (options: PretrainOptions): readonly Check[] => [
  ['--encoder', options.encoder, text, 'the name of an encoder'],
  ['--epochs', options.epochs, number(value => value > 0), 'a number above 0'],
  ['--steps', options.steps, whole(1), 'a whole number of at least 1'],
  ['--batch', options.batch, whole(2), 'a whole number of at least 2'],
  ['--chunk', options.chunk, whole(1), 'a whole number of at least 1'],
  ['--seed', options.seed, whole(0), 'a whole number of at least 0'],
  ['--optimiser', options.optimiser, oneOf('adamw', 'sgd', 'lars'), 'adamw, sgd or lars'],
  ['--lr', options.learningRate, number(value => value > 0), 'a rate above 0'],
  ['--weight-decay', options.weightDecay, number(value => value >= 0), 'a rate of at least 0'],
  ['--warmup', options.warmup, number(value => value >= 0 && value <= 1), 'a share of the steps, from 0 to 1'],
  ['--clip', options.clip, number(value => value >= 0), 'a length of at least 0'],
  ['--weights', options.weights, text, 'a file'],
  ['--device', options.device, oneOf(...deviceNames), deviceNames.join(', ').replace(/, (?=\w+$)/, ' or ')],
  ['--threads', options.threads, whole(1), 'a whole number of at least 1'],
  ['options', options.options, is('object'), 'an object with options of the method'],
  ['signal', options.signal, is('object'), 'an AbortSignal'],
  ['onProgress', options.onProgress, is('function'), 'a function'],
  ['onNote', options.onNote, is('function'), 'a function'],
  ['onStep', options.onStep, is('function'), 'a function'],
]

/** @throws LacunaError (wrong usage) for anything but pictures */
export function checkPictures(pictures: PictureSet): void {
  const set = pictures as Partial<PictureSet> | null | undefined
  if (typeof set?.gather !== 'function' || !Array.isArray(set.items))
    throw wrongCall('pictures that `openPictures` gave as the second argument')
}

const wrongCall = (what: string) =>
  new LacunaError(
    `pretrain: ${what} expected, as in pretrain('simclr', await openPictures('photos', { size: 64 }), { out: 'runs/photos' })`,
    2,
  )

const shown = (value: unknown): string =>
  typeof value === 'object' || typeof value === 'string' ? (JSON.stringify(value) ?? 'an object') : String(value)
