import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { onTestFinished } from 'vitest'

/** A folder that is removed when the test has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lacuna-data-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes files under `root`, by path. */
export function put(root: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), content)
  }
  return root
}

/** A picture of raw values [height, width, channels], to be encoded. */
export function picture(width: number, height: number, values: readonly number[]): Sharp {
  const count = values.length / (width * height)
  const channels = count === 1 || count === 2 || count === 3 || count === 4 ? count : 3
  return sharp(Uint8Array.from(values), { raw: { width, height, channels } })
}

/** A PNG of one colour or grey value. */
export function plain(colour: readonly number[], side = 8): Promise<Buffer> {
  const values = Array.from({ length: side * side }, () => colour).flat()
  return picture(side, side, values)
    .toColourspace(colour.length === 1 ? 'b-w' : 'srgb')
    .png()
    .toBuffer()
}

/** An IDX file of bytes. */
export function idx(lengths: readonly number[], values: ArrayLike<number>): Uint8Array {
  const header = Buffer.alloc(4 + 4 * lengths.length)
  header.writeUInt32BE(0x800 + lengths.length)
  lengths.forEach((length, i) => {
    header.writeUInt32BE(length, 4 + 4 * i)
  })
  return Buffer.concat([header, Uint8Array.from(values)])
}
