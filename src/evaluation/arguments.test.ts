import { expect, test } from 'vitest'
import { embed, openEncoder } from './encoder.js'
import { evaluate } from './evaluate.js'
import { exportEncoder } from './export.js'

const nothing = undefined as never

test.each([
  ['openEncoder', () => openEncoder(nothing)],
  ['embed', () => embed(nothing, nothing)],
  ['openEncoder', () => openEncoder('')],
  ['evaluate', () => evaluate(nothing, nothing)],
  ['evaluate', () => evaluate('run', 'photos' as never)],
  ['exportEncoder', () => exportEncoder(nothing, 'out')],
  ['exportEncoder', () => exportEncoder('run', nothing)],
])('%s with wrong arguments says what is expected', async (name, call) => {
  await expect(call()).rejects.toMatchObject({
    name: 'LacunaError',
    exitCode: 2,
    message: expect.stringMatching(new RegExp(`^${name}: .* expected`)),
  })
})
