import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { regularFile } from '../files.js'

/** Whether a folder is a run of ours, by its `config.json`. */
export function isRunFolder(folder: string): boolean {
  try {
    const path = join(folder, 'config.json')
    regularFile(path)
    const config = JSON.parse(readFileSync(path, 'utf8')) as unknown
    if (typeof config !== 'object' || config === null) return false
    return ['version', 'method', 'encoder', 'batch', 'steps', 'seed'].every(key => key in config)
  } catch {
    return false
  }
}
