import { join } from 'node:path'
import { textOf } from '../files.js'

/** Whether a folder is a run of ours, by its `config.json`. */
export function isRunFolder(folder: string): boolean {
  try {
    const config = JSON.parse(textOf(join(folder, 'config.json'))) as unknown
    if (typeof config !== 'object' || config === null) return false
    return ['version', 'method', 'encoder', 'batch', 'steps', 'seed'].every(key => key in config)
  } catch {
    return false
  }
}
