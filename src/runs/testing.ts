import { LacunaError } from '../errors.js'
import type { RunFolder } from './folder.js'

/** A run folder in memory. */
export function memoryFolder(
  files = new Map<string, Uint8Array>(),
): RunFolder & { readonly files: Map<string, Uint8Array> } {
  const at = (name?: string) => (name === undefined ? 'memory' : `memory/${name}`)
  const write = (name: string, parts: string | Iterable<Uint8Array>) => {
    const all = typeof parts === 'string' ? [Buffer.from(parts)] : [...parts]
    files.set(name, new Uint8Array(Buffer.concat(all)))
  }
  return {
    files,
    at,
    has: name => files.has(name),
    read: name => (files.has(name) ? Buffer.from(files.get(name) ?? []).toString() : undefined),
    open(name) {
      const bytes = files.get(name)
      if (bytes === undefined) throw new LacunaError(`${at(name)}: no such file; check the path`)
      return {
        name: at(name),
        size: bytes.length,
        read(into, filled, position) {
          const some = bytes.subarray(position, position + into.length - filled)
          into.set(some, filled)
          return some.length
        },
        close: () => undefined,
      }
    },
    write(name, parts, previous) {
      const before = files.get(name)
      if (previous !== undefined && before !== undefined) files.set(previous, before)
      write(name, parts)
    },
    append: (name, text) => write(name, [files.get(name) ?? new Uint8Array(), Buffer.from(text)]),
    rename(from, to) {
      files.set(to, files.get(from) ?? new Uint8Array())
      files.delete(from)
    },
    instead: () => 'not a run folder (no config.json)',
  }
}
