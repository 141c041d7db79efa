import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { errorCode } from '../errors.js'
import { fileBeside } from '../files.js'

/** How a program that decodes comes onto this machine, for messages. */
export const installFfmpeg =
  'install it (apt install ffmpeg, brew install ffmpeg or winget install ffmpeg) or node-av (npm install node-av)'

/** What is asked of a file. */
export type Task =
  /** What streams there are, as JSON */
  | { readonly kind: 'look' }
  /** Of its film all frames that the filters let through, as they lie in memory in this format of pixels */
  | { readonly kind: 'frames'; readonly filters: readonly string[]; readonly pixels: string }
  /** Its sound as a WAV in floating point */
  | { readonly kind: 'sound'; readonly filters: readonly string[] }

/** What a program gives. */
export interface Output {
  /** What it writes to its standard output */
  readonly chunks: AsyncIterator<Buffer>
  /** Resolves when it has ended well; to be awaited once all chunks have come */
  readonly ended: Promise<void>
  /** What it has complained of so far */
  said(): string
  stop(): void
}

/**
 * Starts ffmpeg or ffprobe, or where they are not on the PATH a process with node-av, which does the same.
 * @param path of the file that is read, absolute
 * @param missing why the file needs it, where there is neither
 */
export async function start(task: Task, path: string, missing: string): Promise<Output> {
  const own = await running('ffmpeg', commandOf(task, path), path)
  if (own !== undefined) return own
  const script = nodeAvScript()
  const words = script === undefined ? undefined : [process.execPath, script, JSON.stringify(task), path]
  const other = words && (await running('node-av', words, path))
  if (other === undefined) throw new Error(missing)
  return other
}

/** Undefined where there is no such program. */
function running(
  name: 'ffmpeg' | 'node-av',
  [program = '', ...words]: readonly string[],
  path: string,
): Promise<Output | undefined> {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = said.slice(0, 1000) + text
  })
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code =>
      code === 0 ? resolve() : reject(new Error(`cannot be decoded by ${name}: ${reasonIn(said, path)}`)),
    )
  })
  const output: Output = {
    chunks: child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>,
    ended,
    said: () => said,
    stop: () => child.kill('SIGKILL'),
  }
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(output))
    ended.catch(error => (errorCode(error) === 'ENOENT' ? resolve(undefined) : reject(error))) // or awaited with its output
  })
}

/** A program and its words. It reads no other file than the one that it is told, and nothing from a network. */
function commandOf(task: Task, path: string): string[] {
  const input = ['-protocol_whitelist', 'file,pipe', '-i', `file:${path}`]
  if (task.kind === 'look') return ['ffprobe', '-v', 'error', '-show_streams', '-of', 'json', ...input]
  const quiet = ['ffmpeg', '-nostdin', '-v', 'error']
  if (task.kind === 'sound') {
    const filters = task.filters.length > 0 ? ['-af', task.filters.join(',')] : []
    return [...quiet, ...input, ...filters, '-map', '0:a:0', '-c:a', 'pcm_f32le', '-f', 'wav', 'pipe:1']
  }
  const film = ['-map', '0:v:0', '-an', '-sn', '-dn', '-filter_threads', '1', '-vf', task.filters.join(',')]
  const raw = ['-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt', task.pixels, 'pipe:1']
  return [...quiet, '-threads', '1', ...input, ...film, ...raw]
}

/** What to run for node-av; undefined where it is not installed beside Lacuna, or there is nothing to run. */
function nodeAvScript(): string | undefined {
  const file = fileBeside('./node-av/main.js', import.meta.url)
  if (file === undefined) return undefined
  try {
    createRequire(file).resolve('node-av/lib')
    return fileURLToPath(file)
  } catch {
    return undefined
  }
}

/** The last line says what went wrong, most of all others where. */
const reasonIn = (said: string, path: string): string =>
  said
    .trim()
    .split('\n')
    .at(-1)
    ?.replace(`file:${path}`, '')
    .replace(/^[\s:]+/, '') || 'it does not say why'
