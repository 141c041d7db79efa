import { z } from 'zod'
import { methods } from '#lacuna/methods/index.js'
import { encoderNames } from '#lacuna/nn/encoders.js'
import { settingsFile } from '#lacuna/runs/settings.js'

type Schema = Readonly<Record<string, unknown>>

/** `dist/config.schema.json`: files with settings, for editors, with the options of each method. */
export function configSchema(): Schema {
  const schema = z.toJSONSchema(settingsFile, { io: 'input' })
  const known = (names: readonly string[]) => ({ anyOf: [{ enum: names }, { type: 'string' }] })
  return {
    ...schema,
    title: 'Settings of a training with Lacuna',
    properties: {
      ...schema.properties,
      method: { ...describedIn(schema, 'method'), ...known(methods.map(({ name }) => name)) },
      encoder: { ...describedIn(schema, 'encoder'), ...known(encoderNames.map(({ example }) => example)) },
    },
    allOf: methods.map(({ name, options }) => ({
      if: { properties: { method: { const: name } }, required: ['method'] },
      // biome-ignore lint/suspicious/noThenProperty: a word of JSON schema
      then: { properties: { options: bare(z.toJSONSchema(options, { io: 'input' })) } },
    })),
  }
}

function describedIn({ properties = {} }: z.core.JSONSchema.BaseSchema, name: string): Schema {
  const property = properties[name]
  return typeof property === 'object' ? { description: property.description } : {}
}

/** Without the address of the dialect, which stands at the top alone. */
const bare = ({ $schema: _, ...schema }: z.core.JSONSchema.BaseSchema): Schema => schema
