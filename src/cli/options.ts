import { type Command, InvalidArgumentError, Option } from 'commander'
import { openPictures, type PictureSet } from '../data/index.js'
import { LacunaError } from '../errors.js'
import { pools } from '../nn/vectors.js'
import type { Device } from '../program/lowering.js'
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

/** Options that every command with pictures has. */
export interface DataOptions {
  readonly size?: number
  readonly channels?: number
  readonly cache?: string
  readonly group?: string
  readonly allowSkipped?: number
}

/** Options that every command that runs an encoder has. */
export interface DeviceOptions {
  readonly device?: Device
  readonly threads?: number
}

export const dataOptions = (): Option[] => [
  new Option('--cache <folder>', 'where decoded pictures are kept (default: LACUNA_CACHE or ~/.cache/lacuna)'),
  new Option(
    '--group <pattern>',
    'regular expression; what it captures in a file name is the group that no split parts',
  ),
  new Option('--allow-skipped <share>', 'share of unreadable pictures that is put up with (default: 0.01)').argParser(
    number,
  ),
]

export const deviceOptions = (): Option[] => [
  new Option('--device <device>', 'what computes').choices(['cpu', 'webgpu', 'cuda']),
  new Option('--threads <n>', 'threads on the cpu (default: one per physical core)').argParser(wholeNumber(1)),
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

export async function open(
  source: string,
  options: DataOptions,
  output: Output,
  signal?: AbortSignal,
): Promise<PictureSet> {
  const { size = 0, channels, group, cache, allowSkipped } = options
  if (channels !== undefined && channels !== 1 && channels !== 3)
    throw new LacunaError(`pictures have 1 channel or 3, not ${channels}`, 2)
  const set = await openPictures(source, {
    size,
    channels,
    cache,
    allowSkipped,
    groupPattern: group,
    signal,
    onProgress: ({ done, total, perSecond }) =>
      output.progress(`decoding pictures: ${done} of ${total}, ${perSecond.toFixed(0)}/s`),
  })
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
