/** Tells what the core weighs in a browser; CI keeps the line. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleCore } from './core.js'

const folder = mkdtempSync(join(tmpdir(), 'lacuna-core-'))
try {
  const { size, zipped } = await bundleCore(folder)
  console.log(`the core in a browser: ${(size / 1000).toFixed(0)} kB, ${(zipped / 1000).toFixed(0)} kB zipped`)
} finally {
  rmSync(folder, { recursive: true })
}
