import { parentPort } from 'node:worker_threads'
import { NothingInIt } from '../skipped.js'
import { reasonOf } from '../walk.js'
import type { Answer, Job } from './decoders.js'
import { decodeRecording } from './recording.js'

/** The far side of `decoders`: decodes one recording after the other. */
parentPort?.on('message', async ({ from, wanted }: Job) => {
  try {
    const recording = await decodeRecording(from, wanted)
    const { numbers } = recording
    const moved = typeof numbers === 'string' ? [] : numbers.map(({ buffer }) => buffer)
    parentPort?.postMessage({ recording } satisfies Answer, [...new Set(moved)])
  } catch (error) {
    parentPort?.postMessage({ reason: reasonOf(error), nothing: error instanceof NothingInIt } satisfies Answer)
  }
})
