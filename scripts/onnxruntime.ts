/**
 * Puts onnxruntime-node's library and binaries, without its install script, into `dist/onnxruntime`, where the package carries
 * them: part of `npm run build`. Files are linked where the file system can.
 */
import { cpSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const from = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'))
const to = join('dist', 'onnxruntime')

const { name, version, license, author, repository } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'))

rmSync(to, { recursive: true, force: true })
for (const file of readdirSync(from, { recursive: true, encoding: 'utf8' }))
  if (/^(bin|dist|lib)\b.*\.(dll|dylib|js|map|node|so\.\d+|ts)$/.test(file) && !twin(file)) place(file)
writeFileSync(join(to, 'package.json'), JSON.stringify({ name, version, license, author, repository }, null, 2))

/** The same dylib under its full version, which nothing asks for: 45 MB. */
function twin(file: string): boolean {
  return file.endsWith(`libonnxruntime.${version}.dylib`)
}

function place(file: string): void {
  mkdirSync(dirname(join(to, file)), { recursive: true })
  try {
    linkSync(join(from, file), join(to, file))
  } catch {
    cpSync(join(from, file), join(to, file))
  }
}
