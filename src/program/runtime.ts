import { createRequire } from 'node:module'
import type * as ort from 'onnxruntime-node'
import { LacunaError, messageOf } from '../errors.js'
import { carried } from './runtime-place.js'

/** ONNX Runtime. */
export const runtime = load(carried ? '../onnxruntime/dist/index.js' : 'onnxruntime-node')

function load(path: string): typeof ort {
  try {
    return createRequire(import.meta.url)(path)
  } catch (error) {
    throw new LacunaError(
      `ONNX Runtime does not load on ${process.platform} ${process.arch}: its binaries are for Linux with glibc and Windows (x64, arm64) and macOS (arm64) (${messageOf(error).split('\n')[0]})`,
    )
  }
}
