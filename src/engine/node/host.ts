import { devices } from '../../program/devices.js'
import type { Host } from '../host.js'
import { probedBlock } from '../probe.js'
import { interruptible } from './interruptible.js'
import { startRunner } from './runner.js'
import { runtime } from './runtime.js'

let block: Promise<number> | undefined

/** This process. */
export const host: Host = {
  ...runtime,
  start: startRunner,
  interruptible,
  block(device) {
    if (!devices[device].blocks) return Promise.resolve(0)
    block ??= probedBlock(runtime)
    return block
  },
}
