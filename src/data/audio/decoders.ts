import { Worker } from 'node:worker_threads'
import { fileBeside } from '../../files.js'
import { NothingInIt } from '../skipped.js'
import { decodeRecording, type Recording, type RecordingWanted } from './recording.js'

export interface Job {
  readonly from: string | Uint8Array
  readonly wanted: RecordingWanted
}
export type Answer =
  | { readonly recording: Recording }
  | { readonly reason: string /** It can be read, see {@link NothingInIt} */; readonly nothing: boolean }

export interface Decoders {
  /** As {@link decodeRecording}, in whichever thread is free */
  readonly decode: typeof decodeRecording
  /** Ends the threads; what is being decoded is given up. */
  close(): void
}

/**
 * Threads that decode recordings: WebAssembly and resampling would keep the thread of the caller busy.
 * @param count of threads; 0 for this one
 * @param signal gives up what is being decoded
 */
export function decoders(count: number, signal?: AbortSignal): Decoders {
  const file = fileBeside('./decoder.js', import.meta.url)
  if (count === 0 || file === undefined) return { decode: decodeRecording, close: () => undefined }
  const waiting: { readonly job: Job; settle(answer: Promise<Answer>): void }[] = []
  const threads = Array.from({ length: count }, () => threadOf(file))
  const free = [...threads]
  const next = () => {
    while (free.length > 0 && waiting.length > 0) {
      const [thread, one] = [free.pop(), waiting.shift()]
      if (thread === undefined || one === undefined) return
      const answer = thread.ask(one.job)
      one.settle(answer)
      const again = () => {
        free.push(thread)
        next()
      }
      answer.then(again, again)
    }
  }
  const close = () => {
    signal?.removeEventListener('abort', close)
    for (const thread of threads) thread.end()
  }
  signal?.addEventListener('abort', close)
  return {
    async decode(from, wanted) {
      const answer = await new Promise<Answer>(resolve => {
        waiting.push({ job: { from, wanted }, settle: resolve })
        next()
      })
      if ('reason' in answer) throw new (answer.nothing ? NothingInIt : Error)(answer.reason)
      return answer.recording
    },
    close,
  }
}

function threadOf(file: URL) {
  const worker = new Worker(file)
  worker.unref()
  let asked: { resolve(answer: Answer): void; reject(error: Error): void } | undefined
  let ended: Error | undefined
  const end = (error: Error) => {
    ended ??= error
    asked?.reject(ended)
    asked = undefined
    worker.unref()
  }
  worker.on('message', (answer: Answer) => {
    asked?.resolve(answer)
    asked = undefined
    worker.unref()
  })
  worker.on('error', error => end(new Error(`the thread that decoded it has ended: ${error.message}`)))
  worker.on('exit', () => end(new Error('the thread that decoded it has ended')))
  return {
    ask: (job: Job) =>
      new Promise<Answer>((resolve, reject) => {
        if (ended !== undefined) return reject(ended)
        asked = { resolve, reject }
        worker.ref() // keeps the process only while it is waited for
        worker.postMessage(job)
      }),
    end() {
      end(new Error('was given up'))
      void worker.terminate()
    },
  }
}
