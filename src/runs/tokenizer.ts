import { basename, dirname, join } from 'node:path'
import type { RunConfig } from '../assembly/config.js'
import { LacunaError } from '../errors.js'
import { isFolder } from '../files.js'
import { openTokenizer } from '../text/open-tokenizer.js'
import type { Tokenizer } from '../text/tokenizer.js'
import type { TokenizerFile } from '../text/tokenizer-file.js'
import { folderOf, type RunPlace } from './folder.js'

const FILE = 'tokenizer.json'

/** A tokenizer with the file that it is kept in. */
export interface KeptTokenizer extends Tokenizer {
  readonly file: TokenizerFile
}

export const keptTokenizer = (file: TokenizerFile, source?: string): KeptTokenizer => ({
  ...openTokenizer(file, source),
  file,
})

export function writeTokenizer(run: RunPlace, { file }: KeptTokenizer): void {
  folderOf(run).write(FILE, `${JSON.stringify(file)}\n`)
}

/**
 * The tokenizer of a run; undefined where it reads no text.
 * @throws LacunaError where it is gone or damaged
 */
export function readTokenizer(run: RunPlace, { channels }: Pick<RunConfig, 'channels'>): KeptTokenizer | undefined {
  return Object.values(channels).some(({ kind }) => kind === 'text') ? tokenizerIn(run, FILE) : undefined
}

/**
 * A tokenizer that is given.
 * @param path of a `tokenizer.json`, or of a folder that has one, such as a run
 * @throws LacunaError where there is none
 */
export function tokenizerAt(path: string): KeptTokenizer {
  const file = isFolder(path) ? join(path, FILE) : path
  return tokenizerIn(dirname(file), basename(file))
}

function tokenizerIn(place: RunPlace, name: string): KeptTokenizer {
  const folder = folderOf(place)
  const [text, at] = [folder.read(name), folder.at(name)]
  if (text === undefined)
    throw new LacunaError(`${at}: no such file; a tokenizer.json of Hugging Face's format is expected`)
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch {
    file = undefined
  }
  if (typeof file === 'object' && file !== null && !Array.isArray(file)) return keptTokenizer(file as TokenizerFile, at)
  throw new LacunaError(`${at}: is no tokenizer.json of Hugging Face's format`)
}
