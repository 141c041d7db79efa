/**
 * Writes down in `dist` what others read without loading a method: `methods.json` for `lacuna methods`, and
 * `config.schema.json` for editors. Part of `npm run build`.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { described } from '#lacuna/methods/described.js'
import { methods } from '#lacuna/methods/index.js'
import { configSchema } from './config-schema.js'

writeFileSync(join('dist', 'methods.json'), JSON.stringify(methods.map(described)))
writeFileSync(join('dist', 'config.schema.json'), `${JSON.stringify(configSchema(), undefined, 2)}\n`)
