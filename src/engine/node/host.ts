import { devices } from '../../program/devices.js'
import type { Host, ProbedInt8 } from '../host.js'
import { probedInt8 } from '../int8-probe.js'
import { probedBlock } from '../probe.js'
import { interruptible } from './interruptible.js'
import { startRunner } from './runner.js'
import { runtime } from './runtime.js'

let block: Promise<number> | undefined
let int8: Promise<ProbedInt8 | undefined> | undefined

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
  int8(device) {
    if (!devices[device].int8) return Promise.resolve(undefined)
    int8 ??= probedInt8(runtime)
    return int8
  },
}
