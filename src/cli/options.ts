import { type Command, InvalidArgumentError, Option } from 'commander'
import type { RunConfig } from '../assembly/config.js'
import type { Kind } from '../channels/channel.js'
import type { Reader, SampleSet } from '../data/index.js'
import { checkedThreads } from '../engine/node/cores.js'
import { pools } from '../nn/pools.js'
import { defaultDevice } from '../program/devices.js'
import { rowsOf } from '../settings/rows.js'
import { dataSettings, trainingSettings } from '../settings/table.js'
import type { DataSettings, TrainingSettings } from '../settings/types.js'
import { listen } from './interruption.js'
import { optionOf, typedData, typedTraining } from './settings.js'
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

/** What commands that run an encoder are told. */
export type DeviceOptions = Pick<TrainingSettings, 'device' | 'threads'>

export const cacheOption = (): Option => optionOf(dataSettings.cache)

export const pluginOption = (): Option => optionOf(trainingSettings.plugins)

export const dataOptions = (): Option[] => [
  cacheOption(),
  optionOf(dataSettings.groupPattern),
  optionOf(dataSettings.label),
  optionOf(dataSettings.caption),
  optionOf(dataSettings.allowSkipped),
]

/** Options of commands that a method and its pictures begin with. */
export const learnerOptions = (): Option[] => [
  optionOf(trainingSettings.encoder),
  optionOf(dataSettings.size),
  optionOf(dataSettings.channels),
  optionOf(dataSettings.fps),
  optionOf(trainingSettings.seconds),
  optionOf(trainingSettings.frames),
  optionOf(trainingSettings.options),
  pluginOption(),
]

/** Options of commands that begin with pictures; those that begin with a run read pictures as it did. */
export const readingOptions = (): Option[] => [
  optionOf(dataSettings.fit),
  optionOf(dataSettings.background),
  optionOf(dataSettings.range),
]

export const deviceOptions = (): Option[] => [optionOf(trainingSettings.device), optionOf(trainingSettings.threads)]

/**
 * Data for a run is read as its own was, and goes to its device; what the user says of the rest has the last word.
 * @param words as typed
 * @param kinds that are read of it: those that the run was trained on unless told
 */
export async function openFor(
  config: RunConfig,
  source: string,
  words: object,
  output: Output,
  kinds: readonly Kind[] = Object.values(config.channels).map(({ kind }) => kind),
): Promise<SampleSet> {
  const { settingsOf } = await import('../runs/settings.js')
  const { loadPlugins } = await import('./plugins.js')
  const own = settingsOf(config)
  const train = typedTraining(words)
  const { readers } = await loadPlugins(train.plugins)
  const { kindsHeld } = await import('../data/index.js')
  const held = await kindsHeld(source, kinds)
  return open(
    source,
    held,
    { ...settingsFor(own.open, held), ...typedData(words) },
    { ...own.train, ...train },
    output,
    readers,
  )
}

/** What a run says of kinds that are not read now is of no use. */
const settingsFor = (settings: DataSettings, kinds: readonly Kind[]): DataSettings =>
  Object.fromEntries(
    rowsOf(dataSettings).flatMap(([name, { of }]) =>
      of === undefined || of.some(kind => kinds.includes(kind)) ? [[name, settings[name]]] : [],
    ),
  )

/** Where in an encoder vectors are taken: `layer` and `pool`. */
export const placeOptions = (): Option[] => [
  new Option(
    '--layer <name>',
    'take the vectors after an earlier layer, by its name or number: see `lacuna encoders` (default: the last)',
  ),
  new Option(
    '--pool <how>',
    'mean over the places, patches or frames; the class token of a transformer; or of sound mean and deviation (default: as the method does)',
  ).choices(pools),
]

export const jsonOption = (): Option => new Option('--json', 'one JSON document on stdout, for machines')

/**
 * Opens data once it is known that the device it is for works.
 * @param kinds that are read of it
 */
export async function open(
  source: string,
  kinds: readonly Kind[],
  options: DataSettings,
  { device = defaultDevice, threads }: DeviceOptions,
  output: Output,
  readers: readonly Reader[] = [],
): Promise<SampleSet> {
  const { checkSettings } = await import('../settings/check.js')
  checkSettings(trainingSettings, { device, threads })
  checkSettings(dataSettings, options)
  checkedThreads(threads)
  const { host } = await import('#host')
  await host.tryDevice(device)
  const { mediaAmong, wordsOf } = await import('../data/media.js')
  const { many } = wordsOf(mediaAmong(kinds))
  const { openData } = await import('../data/index.js')
  const set = await openData(source, {
    ...options,
    kinds,
    readers,
    signal: listen().asked,
    onProgress: ({ done, total, perSecond }) =>
      output.progress(`decoding ${many}: ${done} of ${total}, ${perSecond.toFixed(0)}/s`),
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
