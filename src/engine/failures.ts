import { LacunaError, messageOf } from '../errors.js'
import { type DeviceName, devices } from '../program/devices.js'
import type { Runtime } from './host.js'

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

/** What the user can put right of ONNX Runtime's errors, in one line of ours; other errors as they are. */
export function inOurWords(error: unknown, device: DeviceName): unknown {
  const message = messageOf(error)
  if (error instanceof LacunaError) return error
  return noMemory.test(message) ? outOfMemory(device, requested.exec(message)?.[1]) : error
}

/** The same while a session is opened on a device, its first use, which may not work at all. */
export function openingInOurWords(error: unknown, device: DeviceName, fetching: Runtime['fetching']): unknown {
  const known = inOurWords(error, device)
  const message = messageOf(error)
  if (known !== error || known instanceof LacunaError || devices[device].certain || badModel.test(message)) return known
  return unavailable(device, reasonIn(message), fetching)
}

function outOfMemory(device: DeviceName, bytes: string | undefined): LacunaError {
  const wanted = bytes === undefined ? '' : `: there is no room for another ${Math.ceil(Number(bytes) / 2 ** 20)} MiB`
  return new LacunaError(
    `out of memory on the ${device}${wanted}; choose a smaller --batch or --size, or train with --chunk or --checkpoint-activations`,
  )
}

/**
 * @param reason what was seen
 * @param fetching commands, see `Runtime`
 */
export function unavailable(device: DeviceName, reason: string, fetching: Runtime['fetching']): LacunaError {
  const { needs, fetched } = devices[device]
  const how = fetched ? `; \`${fetching}\` downloads ONNX Runtime's part of them` : ''
  return new LacunaError(`${device} does not work on this machine: ${reason}; ${needs}${how}`)
}

/** ONNX Runtime puts the place in its sources before what is wrong. */
const reasonIn = (message: string): string =>
  (message.trim().split('\n')[0] ?? '').replace(/^.*was false\. /, '').replace(/^\/\S+\.cc:\d+ .*\) /, '')
