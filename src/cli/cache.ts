import { Command, InvalidArgumentError, Option } from 'commander'
import type { Channel } from '../channels/channel.js'
import type { CachedStore } from '../data/cache.js'
import { cacheOption, jsonOption } from './options.js'
import { terminal } from './terminal.js'

interface Options {
  readonly cache?: string
  readonly olderThan?: number
  readonly json?: boolean
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** '30d' in milliseconds */
function age(text: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([mhdw])$/.exec(text) ?? []
  if (amount === undefined)
    throw new InvalidArgumentError('a number of minutes, hours, days or weeks is expected, such as 30d.')
  return Number(amount) * (units[unit] ?? 0)
}

export function cacheCommand(): Command {
  const command = new Command('cache')
    .description('decoded data that is kept: what there is, and how to clear it')
    .addOption(cacheOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  lacuna cache\n  lacuna cache clear --older-than 30d')
    .action(async ({ cache, json }: Options) => {
      const { listCache } = await import('../data/cache.js')
      const stores = listCache(cache)
      terminal(json === true).result(stores, listed(stores))
    })
  command
    .command('clear')
    .description('remove stores that are not in use; they are built again when they are needed')
    .argument('[path]', 'only those of this source, or of what lies in it')
    .addOption(new Option('--older-than <age>', 'only those not used for this long, such as 30d').argParser(age))
    .addOption(cacheOption())
    .addOption(jsonOption())
    .exitOverride()
    .action(async (path: string | undefined, _: Options, self: Command) => {
      const { clearCache } = await import('../data/cache.js')
      const { cache, olderThan, json } = self.optsWithGlobals<Options>()
      const { removed, kept } = clearCache({ cache, olderThan, path })
      const inUse = kept.length > 0 ? `; ${kept.length} in use stay` : ''
      terminal(json === true).result({ removed, kept }, `${removed.length} removed, ${megabytes(removed)} MB${inUse}`)
    })
  return command
}

const megabytes = (stores: readonly Pick<CachedStore, 'bytes'>[]): string =>
  (stores.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6).toFixed(1)

const measure = (channel: Channel): string =>
  'size' in channel ? `${channel.size} px` : channel.kind === 'audio' ? 'sound' : channel.kind

function listed(stores: readonly CachedStore[]): string {
  if (stores.length === 0) return 'no stores'
  const lines = stores.map(store => {
    const { lastUsed, channels, records, state, inUse, source, directory } = store
    const what = channels === undefined ? '' : `${records} of ${Object.values(channels).map(measure).join(', ')}`
    const how = [state === 'ready' ? '' : state, inUse ? 'in use' : ''].filter(word => word !== '').join(', ')
    return [
      lastUsed.slice(0, 10),
      `${megabytes([store])} MB`.padStart(12),
      what.padEnd(18),
      how.padEnd(13),
      source ?? directory,
    ].join('  ')
  })
  return [...lines, `${stores.length} ${stores.length === 1 ? 'store' : 'stores'}, ${megabytes(stores)} MB`].join('\n')
}
