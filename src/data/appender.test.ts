import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { appender } from './appender.js'
import { temporaryFolder } from './testing.js'

test('what is written lies in its order, however long', () => {
  const path = join(temporaryFolder(), 'all')
  const out = appender(path)
  const parts = [3, 200_000, 100_000, 1, 300_000, 262_144, 5, 0, 262_145, 7].map((length, i) =>
    Uint8Array.from({ length }, (_, k) => (k + 31 * i) % 251),
  )
  for (const part of parts) out.write(part)
  out.flush()
  out.close()
  const all = Buffer.concat(parts)
  expect(readFileSync(path).equals(all)).toBe(true)
  expect(out.digest()).toBe(createHash('sha256').update(all).digest('hex'))
})
