import { existsSync } from 'node:fs'

/**
 * Where the code of a worker or another process is, by the name of its file in this folder. None beside TypeScript sources (the
 * tests run them, and a worker cannot load them) and in a bundle, which leaves it behind.
 */
export function fileBeside(name: string): URL | undefined {
  try {
    const file = new URL(name, import.meta.url) // not written out, or bundlers would copy the file without what it imports
    return existsSync(file) ? file : undefined
  } catch {
    return undefined // a bundle of CommonJS has no import.meta.url
  }
}
