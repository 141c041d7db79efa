import { input } from '../tensor/tensor.js'
import { compile } from './compile.js'
import { type SentError, sent } from './failures.js'
import type { Device } from './lowering.js'
import { createSession } from './session.js'

/** What is wrong with the device, if something is. */
export interface Answer {
  readonly error?: SentError
}

/** The far side of `checkDevice`: opens a session on the device that is named, and answers. */
async function answer(device: Device): Promise<Answer> {
  try {
    const { model } = compile({ outputs: { y: input('x', [2]).neg() } }, { device, precision: 'float32' })
    const session = await createSession(model, { device, threads: 1 })
    await session.release()
    return {}
  } catch (error) {
    return { error: sent(error) }
  }
}

process.send?.(await answer(process.argv[2] as Device), () => process.disconnect())
