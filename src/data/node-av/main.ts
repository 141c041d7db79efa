import { once } from 'node:events'
import { messageOf } from '../../errors.js'
import type { Task } from '../ffmpeg.js'
import { framesOf } from './frames.js'
import { type Library, LOG_ERRORS } from './library.js'
import { look } from './look.js'
import { soundOf } from './sound.js'

/** A process of its own that does as ffmpeg and ffprobe do: what is broken in a file, or in FFmpeg, ends nothing else. */
async function perform(task: Task, path: string): Promise<void> {
  const name = 'node-av/lib' // not written out: it is there for those who have installed it
  const av = (await import(name)) as Library
  av.Log.setLevel(LOG_ERRORS)
  for (const piece of piecesOf(av, task, path)) if (!process.stdout.write(piece)) await once(process.stdout, 'drain')
}

function piecesOf(av: Library, task: Task, path: string): Iterable<string | Uint8Array> {
  if (task.kind === 'look') return [JSON.stringify(look(av, path))]
  return task.kind === 'frames' ? framesOf(av, path, task.filters) : soundOf(av, path, task.filters)
}

const [task = '', path = ''] = process.argv.slice(2)
perform(JSON.parse(task) as Task, path).catch(error => {
  console.error(messageOf(error).split('\n', 1)[0])
  process.exitCode = 1
})
