import { createRequire } from 'node:module'
import type * as onnxruntime from 'onnxruntime-node'
import { LacunaError, messageOf } from '../../errors.js'
import type { Runtime } from '../host.js'
import { tryDevice } from './device.js'
import { cudaCommands, installCommand, isCarried } from './runtime-place.js'

/** Bytes. On Linux ONNX Runtime searches the command line of its process in a way that takes stack for each: at 30,000 it crashes. */
const LONGEST_COMMAND = 16_000

export const ort = loadRuntime(createRequire(import.meta.url))

// whatever it writes of errors to the terminal is thrown as well; set before the first session, or it has no effect
ort.env.logLevel = 'fatal'

/** ONNX Runtime in this process. */
export const runtime: Runtime = {
  ort,
  devices: ort.listSupportedBackends().map(({ name }) => name),
  place: `${process.platform} on ${process.arch}`,
  fetching: cudaCommands,
  tryDevice,
}

/**
 * @param require as of a file of Lacuna's
 * @param words of the command line
 * @throws LacunaError when it is not there, as beside a bundle, or has no binaries for this machine; when the command line is so
 * long that it would take the process with it
 */
export function loadRuntime(require: NodeJS.Require, words: readonly string[] = process.argv): typeof onnxruntime {
  const length = Buffer.byteLength(words.join(' '))
  if (process.platform === 'linux' && length > LONGEST_COMMAND)
    throw new LacunaError(
      `the command line has ${length} bytes, and ONNX Runtime bears ${LONGEST_COMMAND} at most: shorten its texts, or give it fewer files`,
    )
  const path = isCarried(require) ? '../../onnxruntime/dist/index.js' : 'onnxruntime-node'
  const why = (error: unknown) => messageOf(error).split('\n')[0]
  try {
    require.resolve(path)
  } catch (error) {
    throw new LacunaError(`ONNX Runtime is not there: \`${installCommand}\` puts it beside the program (${why(error)})`)
  }
  try {
    return require(path)
  } catch (error) {
    throw new LacunaError(
      `ONNX Runtime does not load on ${process.platform} ${process.arch}: its binaries are for Linux with glibc and Windows (x64, arm64) and macOS (arm64) (${why(error)})`,
    )
  }
}
