import { type Command, InvalidArgumentError, Option } from 'commander'
import type { RunConfig } from '../assembly/config.js'
import { type Fit, fits } from '../channels/fits.js'
import type { Range } from '../channels/picture-reading.js'
import type { PictureSet } from '../data/index.js'
import { checkedThreads } from '../engine/node/cores.js'
import { LacunaError } from '../errors.js'
import { pools } from '../nn/pools.js'
import { type DeviceName, defaultDevice, deviceNames } from '../program/devices.js'
import { listen } from './interruption.js'
import type { Output } from './terminal.js'

/** A whole number of at least `least`. */
export const wholeNumber =
  (least: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`a whole number of at least ${least} is expected.`)
    return value
  }

export function number(text: string): number {
  const value = Number(text)
  if (text === '' || !Number.isFinite(value)) throw new InvalidArgumentError('a number is expected.')
  return value
}

/** '10,100,all' */
export function amounts(text: string): (number | 'all')[] {
  return text.split(',').map(part => (part === 'all' ? 'all' : wholeNumber(1)(part)))
}

/** Collects `key=value` pairs; dots go into options of options, values are JSON or plain text. */
export function setting(text: string, before: Record<string, unknown> = {}): Record<string, unknown> {
  const [key = '', ...rest] = text.split('=')
  if (key === '' || rest.length === 0) throw new InvalidArgumentError('key=value is expected.')
  return withSetting(before, key.split('.'), parsed(rest.join('=')))
}

function withSetting(
  before: Record<string, unknown>,
  [first = '', ...rest]: string[],
  value: unknown,
): Record<string, unknown> {
  if (rest.length === 0) return { ...before, [first]: value }
  const inside = before[first]
  const nested =
    typeof inside === 'object' && inside !== null && !Array.isArray(inside) ? (inside as Record<string, unknown>) : {}
  return { ...before, [first]: withSetting(nested, rest, value) }
}

/** JSON, or a number as people write it (.5), or plain text */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text === '' || Number.isNaN(Number(text)) ? text : Number(text)
  }
}

/** 'auto' or '0,4095' */
export function range(text: string): 'auto' | Omit<Range, 'of'> {
  if (text === 'auto') return text
  const [low, high, ...rest] = text.split(',').map(number)
  if (low === undefined || high === undefined || rest.length > 0 || low >= high)
    throw new InvalidArgumentError('auto or two numbers are expected, the lower one first, such as 0,4095.')
  return { low, high }
}

/** Options that every command with pictures has. */
export interface DataOptions extends ReadingOptions {
  readonly size?: number
  readonly channels?: number
  readonly cache?: string
  readonly group?: string
  readonly allowSkipped?: number
}

/** Options of commands that begin with pictures; those that begin with a run read pictures as it did. */
export interface ReadingOptions {
  readonly fit?: Fit
  readonly background?: string
  readonly range?: 'auto' | (Omit<Range, 'of'> & Partial<Range>)
}

/** Options that every command that runs an encoder has. */
export interface DeviceOptions {
  readonly device?: DeviceName
  readonly threads?: number
}

export const cacheOption = (): Option =>
  new Option('--cache <folder>', 'where decoded pictures are kept (default: LACUNA_CACHE or ~/.cache/lacuna)')

export const dataOptions = (): Option[] => [
  cacheOption(),
  new Option(
    '--group <pattern>',
    'regular expression; what it captures in a file name is the group that no split parts',
  ),
  new Option('--allow-skipped <share>', 'share of unreadable pictures that is put up with (default: 0.01)').argParser(
    number,
  ),
]

/** Options of commands that a method and its pictures begin with. */
export const learnerOptions = (): Option[] => [
  new Option('--encoder <name>', 'architecture: c4, resnet18, vit-mini, … (default: see `lacuna methods <method>`)'),
  new Option('--size <px>', 'height and width of the pictures (default: 32; IDX files as they are)').argParser(
    wholeNumber(4),
  ),
  new Option('--channels <n>', '1 for grey, 3 for colour (default: 3; IDX files 1)').argParser(wholeNumber(1)),
  new Option('--set <key=value>', 'an option of the method, such as temperature=0.2; may be repeated').argParser(
    setting,
  ),
]

export const readingOptions = (): Option[] => [
  new Option(
    '--fit <how>',
    'what becomes of pictures that are not square: their middle, all with a border, or squeezed (default: crop)',
  ).choices(fits),
  new Option('--background <colour>', 'below transparent pictures, and the border of --fit pad (default: white)'),
  new Option(
    '--range <low,high>',
    'values that become black and white (default: auto, bytes as they are, others as found in the pictures)',
  ).argParser(range),
]

/** Pictures for a run are read as its own were, and go to its device; what the user says of the rest has the last word. */
export const openFor = (
  { size, channels, reading, data, device }: RunConfig,
  source: string,
  options: DataOptions & DeviceOptions,
  output: Output,
): Promise<PictureSet> => {
  const kept = { device, allowSkipped: data.allowSkipped }
  return open(source, { ...kept, ...options, size, channels, ...reading }, output)
}

export const deviceOptions = (): Option[] => [
  new Option('--device <device>', `what computes (default: ${defaultDevice}, or what the run was trained on)`).choices(
    deviceNames,
  ),
  new Option('--threads <n>', 'threads on the cpu (default: one per physical core)').argParser(text =>
    checkedThreads(wholeNumber(1)(text)),
  ),
]

/** Where in an encoder vectors are taken: `layer` and `pool`. */
export const placeOptions = (): Option[] => [
  new Option(
    '--layer <name>',
    'take the vectors after an earlier layer, by its name or number: see `lacuna encoders` (default: the last)',
  ),
  new Option(
    '--pool <how>',
    'mean over the places or patches, or the class token of a transformer (default: as the method does)',
  ).choices(pools),
]

export const jsonOption = (): Option => new Option('--json', 'one JSON document on stdout, for machines')

/** Opens pictures once it is known that the device they are for works. */
export async function open(source: string, options: DataOptions & DeviceOptions, output: Output): Promise<PictureSet> {
  const { size = 0, channels, group, cache, allowSkipped, fit, background, range, device = defaultDevice } = options
  if (channels !== undefined && channels !== 1 && channels !== 3)
    throw new LacunaError(`pictures have 1 channel or 3, not ${channels}`, 2)
  const { host } = await import('#host')
  await host.tryDevice(device)
  const { openPictures } = await import('../data/index.js')
  const set = await openPictures(source, {
    size,
    channels,
    cache,
    allowSkipped,
    fit,
    background,
    range,
    groupPattern: group,
    signal: listen().asked,
    onProgress: ({ done, total, perSecond }) =>
      output.progress(`decoding pictures: ${done} of ${total}, ${perSecond.toFixed(0)}/s`),
  })
  for (const note of set.notes) output.note(note)
  if (set.skipped.length > 0) {
    const shown = set.skipped.slice(0, 3).map(({ name, reason }) => `${name} (${reason})`)
    output.note(
      `${set.skipped.length} skipped: ${shown.join(', ')}${set.skipped.length > 3 ? ', …' : ''}; all in ${set.directory}`,
    )
  }
  return set
}

export function withOptions(command: Command, options: readonly Option[]): Command {
  for (const option of options) command.addOption(option)
  return command
}
