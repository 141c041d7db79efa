import { methods } from 'lacuna'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { settingsFile } from '#lacuna/runs/settings.js'
import { configOf } from '../src/training/testing.js'
import { configSchema } from './config-schema.js'

const { allOf, ...schema } = configSchema()
const [byEditor, byUs] = [z.fromJSONSchema(schema), settingsFile]

test.each<[unknown, boolean]>([
  [configOf('simclr'), true],
  [{}, true],
  [{ $schema: './config.schema.json', method: 'mae', data: { source: 'photos' }, epochs: 3, saveEvery: '5min' }, true],
  [{ method: 'of my own', reading: { fit: 'pad', range: { low: 0, high: 4095 } }, threads: 2 }, true],
  [{ learningrate: 1 }, false],
  [{ data: { sorce: 'photos' } }, false],
  [{ learningRate: -1 }, false],
  [{ channels: { image: { colours: 2 } } }, false],
  [{ channels: { image: { size: 64 } } }, true],
  [{ saveEvery: '5h' }, false],
  [{ version: 2 }, false],
])('an editor takes %j for what we do', (document, right) => {
  expect(byEditor.safeParse(document).success).toBe(right)
  expect(byUs.safeParse(document).success).toBe(right)
})

test('the options are those of the method', () => {
  const found = z
    .array(
      z.object({
        if: z.object({ properties: z.object({ method: z.object({ const: z.string() }) }) }),
        // biome-ignore lint/suspicious/noThenProperty: a word of JSON schema
        then: z.object({ properties: z.object({ options: z.record(z.string(), z.unknown()) }) }),
      }),
    )
    .parse(allOf)
  expect(found.map(({ if: { properties } }) => properties.method.const)).toEqual(methods.map(({ name }) => name))
  for (const [i, { options }] of methods.entries())
    expect(z.fromJSONSchema(found[i]?.then.properties.options ?? {}).safeParse({ nonsense: 1 }).success).toBe(
      options.safeParse({ nonsense: 1 }).success,
    )
})
