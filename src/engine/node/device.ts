import { type ForkOptions, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'
import { fileBeside } from '../../files.js'
import { type DeviceName, devices } from '../../program/devices.js'
import { unavailable } from '../failures.js'
import { received, type SentError } from '../sent-error.js'
import { cudaCommands } from './runtime-place.js'

/** What is wrong with the device, if something is. */
export interface Answer {
  readonly error?: SentError
}

/**
 * Tries a device in a process of its own: known before any other work is begun, and what its driver writes to the terminal
 * (Dawn tells what it misses, and has no setting for it) is seen by nobody. Where the file of that process is missing, as in
 * a bundle, nothing is tried: opening a session will tell.
 * @throws LacunaError where it does not work
 */
export async function tryDevice(device: DeviceName): Promise<void> {
  const key = `lacuna: ${device} works` // workers are born with what their parents knew
  if (devices[device].certain || getEnvironmentData(key) === true) return
  const file = fileBeside('./try-device.js', import.meta.url)
  if (file === undefined) return
  const { error } = await new Promise<Answer>((done, fail) => {
    // a group of its own: Ctrl-C is for this process, which says what becomes of it
    const options = { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'], detached: true } satisfies ForkOptions
    fork(fileURLToPath(file), [device], options)
      .on('message', message => done(message as Answer))
      .on('error', fail)
      .on('close', (code, signal) =>
        fail(unavailable(device, `trying it ended with ${signal ?? `exit code ${code}`}`, cudaCommands)),
      )
  })
  if (error !== undefined) throw received(error)
  setEnvironmentData(key, true)
}
