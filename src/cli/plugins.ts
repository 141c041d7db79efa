import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkedReader } from '../data/readers.js'
import type { Reader } from '../data/types.js'
import { type Definition, isDefinition } from '../definition.js'
import { errorCode, LacunaError } from '../errors.js'
import { checkedMethod } from '../methods/checked.js'
import { methodNamed } from '../methods/index.js'
import type { Method } from '../methods/method.js'
import { checkedEncoder } from '../nn/checked.js'
import type { EncoderDefinition } from '../nn/encoder.js'
import { encoderNamed } from '../nn/encoders.js'
import type { Additions } from '../runs/definitions.js'
import { checkSettings } from '../settings/check.js'
import { trainingSettings } from '../settings/table.js'
import type { TrainingSettings } from '../settings/types.js'
import type { PretrainOptions } from '../training/options.js'
import { withWindow } from '../training/window.js'
import { oneLine } from './terminal.js'

/** What modules from elsewhere bring. */
export interface Plugins extends Required<Additions> {
  readonly readers: readonly Reader[]
  /** Their files, absolute */
  readonly files: readonly string[]
}

/**
 * Loads modules, and takes of what they export all that `defineMethod`, `defineEncoder` and `defineReader` gave, alone or in lists, whatever it is
 * called there.
 * @param modules paths, or names of packages that are installed where the command is given
 * @throws LacunaError (wrong usage) for a module that is not there, cannot be loaded, or has nothing of the kind; for what is not
 *   whole, and for two of one name
 */
export async function loadPlugins(modules: readonly string[] = []): Promise<Plugins> {
  const files = [...new Set(modules.map(fileOf))]
  const exported = (await Promise.all(files.map(definitionsIn))).flat()
  const methods = exported.filter(({ defines }) => defines === 'method').map(one => checkedMethod(one as Method))
  const encoders = exported
    .filter(({ defines }) => defines === 'encoder')
    .map(one => checkedEncoder(one as EncoderDefinition))
  const readers = exported.filter(({ defines }) => defines === 'reader').map(one => checkedReader(one as Reader))
  for (const all of [methods, encoders, readers]) refuseTwins(all)
  return { files, methods, encoders, readers }
}

/**
 * The method and the settings of a command, with modules loaded: `./my-method.js`, or a name and `--plugin`.
 * @param before the name of the encoder of a run that goes on
 * @throws LacunaError (wrong usage) as `loadPlugins` does, and where a module has not one method but none or several
 */
export async function learnerOf(
  word: string,
  { plugins = [], encoder, ...settings }: TrainingSettings,
  before?: string,
): Promise<{ readonly method: Method; readonly settings: Omit<PretrainOptions, 'out'>; readonly plugins: Plugins }> {
  const loaded = await loadPlugins(isPath(word) ? [word, ...plugins] : plugins)
  const method = isPath(word) ? onlyMethodOf(word, await loadPlugins([word])) : methodNamed(word, loaded.methods)
  const { seconds, frames, options } = settings
  checkSettings(trainingSettings, { seconds, frames, options })
  const wanted = encoder ?? before
  const own = loaded.encoders.find(({ name }) => name === wanted)
  if (encoder !== undefined && own === undefined) encoderNamed(encoder, loaded.encoders)
  return {
    method,
    settings: {
      ...withWindow(method, settings),
      encoder: own ?? encoder,
      ...(loaded.files.length > 0 && { plugins: loaded.files }),
    },
    plugins: loaded,
  }
}

/** Whether a word means a file where it could be a name. */
export const isPath = (word: string): boolean =>
  /^\.{0,2}[/\\]/.test(word) || /^[a-z]:[/\\]/i.test(word) || /\.[cm]?[jt]s$/.test(word)

function onlyMethodOf(module: string, { methods }: Plugins): Method {
  const [method, ...others] = methods
  if (method === undefined) throw new LacunaError(`${module}: exports no method`, 2)
  if (others.length > 0)
    throw new LacunaError(
      `${module}: exports the methods ${methods.map(({ name }) => name).join(', ')}; name one of them, such as ${method.name}, and add --plugin ${module}`,
      2,
    )
  return method
}

function fileOf(module: string): string {
  const file = resolve(module)
  if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file
  if (isPath(module)) throw new LacunaError(`${module}: no such file; name the module that exports the method`, 2)
  try {
    return createRequire(join(process.cwd(), 'here.js')).resolve(module)
  } catch {
    throw new LacunaError(`--plugin ${module}: neither a file nor a package that is installed here`, 2)
  }
}

async function definitionsIn(file: string): Promise<Definition[]> {
  const exported = await load(file)
  const found = [...new Set(Object.values(exported).flat())].filter(isDefinition)
  if (found.length > 0) return found
  const names = Object.keys(exported)
  throw new LacunaError(
    `${file}: exports nothing that \`defineMethod\`, \`defineEncoder\` or \`defineReader\` gave (its exports: ${names.join(', ') || 'none'})`,
    2,
  )
}

async function load(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>
  } catch (error) {
    if (errorCode(error) === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.[cm]?ts$/.test(file))
      throw new LacunaError(
        `${file}: Node ${process.versions.node} loads no TypeScript; compile it with tsc and name the .js file, or take Node 22.18 or later`,
        2,
      )
    throw new LacunaError(`${file}: could not be loaded: ${oneLine(error)}`, 2)
  }
}

function refuseTwins(all: readonly Definition[]): void {
  const twin = all.find(({ name }, i) => all.findIndex(other => other.name === name) !== i)
  if (twin !== undefined)
    throw new LacunaError(
      `--plugin: two modules have the ${twin.defines} ${twin.name}; rename one, or leave it away`,
      2,
    )
}
