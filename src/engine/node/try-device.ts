import { compile } from '../../program/compile.js'
import type { DeviceName } from '../../program/devices.js'
import { input } from '../../tensor/tensor.js'
import { createSession } from '../create-session.js'
import { sent } from '../sent-error.js'
import type { Answer } from './device.js'
import { runtime } from './runtime.js'

/** The far side of `tryDevice`: opens a session on the device that is named, and answers. */
async function answer(device: DeviceName): Promise<Answer> {
  try {
    const { model } = compile({ outputs: { y: input('x', [2]).neg() } }, { device, precision: 'float32' })
    const session = await createSession(runtime, model, { device, threads: 1 })
    await session.release()
    return {}
  } catch (error) {
    return { error: sent(error) }
  }
}

process.send?.(await answer(process.argv[2] as DeviceName), () => process.disconnect())
