import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

/** What computes, from channels to assembly, in one file for a browser. */
export interface Core {
  readonly file: string
  readonly text: string
  /** In bytes */
  readonly size: number
  readonly zipped: number
}

/** Bundles the core as it was built, into a folder. */
export async function bundleCore(folder: string): Promise<Core> {
  const entry = join(folder, 'entry.js')
  const files = ['assembly/assemble.js', 'assembly/programs.js', 'methods/index.js', 'nn/encoders.js']
  writeFileSync(entry, files.map(file => `export * from ${JSON.stringify(resolve('dist', file))}\n`).join(''))
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      lib: { entry, formats: ['es'], fileName: 'core' },
      outDir: folder,
      emptyOutDir: false,
      minify: true,
      rolldownOptions: { external: [] },
    },
  })
  const file = join(folder, 'core.js')
  const text = readFileSync(file, 'utf8')
  return { file, text, size: Buffer.byteLength(text), zipped: gzipSync(text).length }
}
