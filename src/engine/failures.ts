import { LacunaError, messageOf } from '../errors.js'
import { type DeviceName, devices } from '../program/devices.js'
import { cudaCommands } from './node/runtime-place.js'

/** Each as ONNX Runtime, or what it stands on, says it: the test has whole messages and where they are from. */
const noMemory = RegExp(
  [
    'failed to allocate|is smaller than requested bytes', // arenas, of the CPU and of CUDA alike
    'bad[ _]alloc|array buffer allocation failed|invalid typed array length', // C++ and V8
    'out[ _]?of[ _]?(device_|host_)?memory|alloc(ation)?_failed', // CUDA, cuBLAS, cuDNN, Vulkan, Direct3D, V8
    'failed to create gpu buffer|\\[invalid buffer|exceeds the max buffer size|narrowing_error', // WebGPU
  ].join('|'),
  'i',
)
const requested = /(?:buffer of size|requested bytes of|gpu buffer: size=|buffer size) ?\(?(\d+)/i
/** A model that ONNX Runtime does not take: no fault of the device. */
const badModel = /invalid model|load model|not_implemented/i

/**
 * What the user can put right of ONNX Runtime's errors, in one line of ours; other errors as they are.
 * @param opening whether a session was being opened on the device, its first use
 */
export function inOurWords(error: unknown, device: DeviceName, opening = false): unknown {
  const message = messageOf(error)
  if (error instanceof LacunaError) return error
  if (noMemory.test(message)) return outOfMemory(device, requested.exec(message)?.[1])
  if (opening && !devices[device].certain && !badModel.test(message)) return unavailable(device, reasonIn(message))
  return error
}

function outOfMemory(device: DeviceName, bytes: string | undefined): LacunaError {
  const wanted = bytes === undefined ? '' : `: there is no room for another ${Math.ceil(Number(bytes) / 2 ** 20)} MiB`
  return new LacunaError(
    `out of memory on the ${device}${wanted}; choose a smaller --batch or --size, or train with --chunk or --checkpoint-activations`,
  )
}

/** @param reason what was seen */
export function unavailable(device: DeviceName, reason: string): LacunaError {
  const { needs, fetched } = devices[device]
  const how = fetched ? `; \`${cudaCommands}\` downloads ONNX Runtime's part of them` : ''
  return new LacunaError(`${device} does not work on this machine: ${reason}; ${needs}${how}`)
}

/** ONNX Runtime puts the place in its sources before what is wrong. */
const reasonIn = (message: string): string =>
  (message.trim().split('\n')[0] ?? '').replace(/^.*was false\. /, '').replace(/^\/\S+\.cc:\d+ .*\) /, '')
